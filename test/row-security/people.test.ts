import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import { type Actor, asSelf } from '../../src/platform/actor.ts'
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts'
import { buildWorld, type World } from './world.ts'

const visibilities = ['public', 'members_only', 'private'] as const
const readers = ['anonymous', 'stranger', 'owner', 'admin'] as const

/** Who sees the profile of someone with this visibility. */
const sees = {
  public: ['anonymous', 'stranger', 'owner', 'admin'],
  members_only: ['stranger', 'owner', 'admin'],
  private: ['owner', 'admin'],
}

describe('other people', () => {
  let database: TestDatabase
  let world: World
  before(async () => {
    database = await createTestDatabase()
    world = await buildWorld(database.owner)
  })
  after(() => database.close())

  for (const visibility of visibilities)
    for (const reader of readers)
      test(`a ${visibility} profile, read by ${reader}, shows its card and what it allows`, async () => {
        const visible = sees[visibility].includes(reader)
        const closest = reader === 'owner' || reader === 'admin'
        for (const shows of [true, false]) {
          await setPrivacy(world.owner, visibility, shows)
          const person = await readPerson(reader)
          assert.equal(person.full_name, 'Full amina')
          // To the letter, for every reader: what is added to the card is shown to the whole world.
          assert.deepEqual(person.card, {
            user_id: world.owner,
            username: person.username,
            full_name: 'Full amina',
            profile_photo_url: person.profile_photo_url,
          })
          assert.equal(person.bio, visible ? 'bio of amina' : null)
          assert.equal(person.email, visible && (shows || closest) ? 'amina@example.test' : null)
          assert.equal(person.phone_number, visible && (shows || closest) ? '+254 ••• amina' : null)
          if (!visible)
            assert.deepEqual(
              Object.keys(person)
                .filter((key) => person[key] !== null)
                .sort(),
              ALWAYS_SHOWN,
            )
        }
      })

  test('who is suspended, deleted or erased is not there for anyone', async () => {
    for (const status of ['suspended', 'deleted', 'pending_verification']) {
      await database.owner.query('UPDATE users SET status = $1 WHERE user_id = $2', [status, world.stranger])
      const seen = await as('admin', sql`SELECT FROM people WHERE user_id = ${world.stranger}`)
      assert.equal(seen.length, 0, status)
    }
    await database.owner.query(`UPDATE users SET status = 'active' WHERE user_id = $1`, [world.stranger])
  })

  for (const visibility of visibilities)
    test(`a ${visibility} coach is in the directory for those who may see them`, async () => {
      await setPrivacy(world.coach, visibility, false)
      const listed = async (reader: (typeof readers)[number]) =>
        (await as(reader, sql`SELECT FROM coaches WHERE user_id = ${world.coach}`)).length === 1
      assert.equal(await listed('anonymous'), visibility === 'public')
      assert.equal(await listed('stranger'), visibility !== 'private')
    })

  test('nobody is in the directory whose role has ended, been revoked, or not begun', async () => {
    await setPrivacy(world.coach, 'public', false)
    for (const change of [
      `expires_at = now() - interval '1 second'`,
      'revoked_at = now()',
      `valid_from = now() + interval '1 day'`,
    ]) {
      await database.owner.query(
        `UPDATE user_roles SET expires_at = NULL, revoked_at = NULL, valid_from = '2024-01-01' WHERE role_name = 'coach'`,
      )
      assert.equal((await as('anonymous', sql`SELECT FROM coaches`)).length, 1)
      await database.owner.query(`UPDATE user_roles SET ${change} WHERE role_name = 'coach'`)
      assert.equal((await as('anonymous', sql`SELECT FROM coaches`)).length, 0, change)
    }
  })

  async function setPrivacy(person: string, visibility: string, shows: boolean): Promise<void> {
    await database.owner.query('UPDATE user_settings SET profile_visibility = $1 WHERE user_id = $2', [
      visibility,
      person,
    ])
    await database.owner.query(
      'UPDATE user_profiles SET show_email = $1, show_phone = $1 WHERE user_id = $2',
      [shows, person],
    )
  }

  async function readPerson(reader: (typeof readers)[number]): Promise<Record<string, unknown>> {
    const rows = await as(reader, sql`SELECT * FROM people WHERE user_id = ${world.owner}`)
    assert.equal(rows.length, 1)
    return rows[0]!
  }

  async function as(reader: (typeof readers)[number], query: ReturnType<typeof sql>) {
    const actor: Actor | null = reader === 'anonymous' ? null : asSelf(world[reader])
    const result = await database.db.transaction(actor, (tx) => query.execute(tx), { readOnly: true })
    return result.rows as Record<string, unknown>[]
  }
})

const ALWAYS_SHOWN = ['card', 'full_name', 'member_since', 'user_id', 'username', 'visible']
