import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import { type Actor, asSelf } from '../../src/platform/actor.ts'
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts'
import { forEachServer } from '../../src/testing/servers.ts'
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
          if (!visible) assert.deepEqual(shownOf(person), ALWAYS_SHOWN)
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

  test('a block shows nothing but the card, to both, and tells only who made it', async () => {
    await setPrivacy(world.owner, 'public', true)
    for (const [blocker, blocked] of [
      ['owner', 'stranger'],
      ['stranger', 'owner'],
    ] as const) {
      await database.owner.query('INSERT INTO user_blocks (blocker_id, blocked_id) VALUES ($1, $2)', [
        world[blocker],
        world[blocked],
      ])
      for (const reader of readers) {
        const person = await readPerson(reader)
        assert.equal(person.visible, reader !== 'stranger', `${reader}, blocked by ${blocker}`)
        assert.equal(person.is_blocked_by_reader, reader === 'stranger' && blocker === 'stranger')
        assert.equal(person.hides_from_reader, reader === 'stranger' && blocker === 'owner')
        if (reader === 'stranger') assert.deepEqual(shownOf(person), ALWAYS_SHOWN)
      }
      await database.owner.query('DELETE FROM user_blocks')
    }
  })

  test('staff whom somebody has blocked see on', async () => {
    await database.owner.query('INSERT INTO user_blocks (blocker_id, blocked_id) VALUES ($1, $2)', [
      world.owner,
      world.admin,
    ])
    const { visible, hides_from_reader } = await readPerson('admin')
    assert.deepEqual([visible, hides_from_reader], [true, false])
    await database.owner.query('DELETE FROM user_blocks')
  })

  test('twenty cards are forty look-ups: neither settings nor blocks are asked', async () => {
    await forEachServer(async (server) => {
      const other = await createTestDatabase(server)
      const { rows } = await sql<{ 'QUERY PLAN': string }>`
        EXPLAIN (COSTS off) SELECT card FROM people WHERE user_id = ${world.owner}`.execute(
        other.db.anonymous,
      )
      await other.close()
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
      assert.deepEqual(
        [...plan.matchAll(/ on (\w+)/g)].map(([, table]) => table),
        ['users', 'user_profiles'],
        plan,
      )
    })
  })

  for (const visibility of visibilities)
    test(`who follows someone ${visibility} is told to those who see them`, async () => {
      await setPrivacy(world.owner, visibility, false)
      await database.owner.query(
        'INSERT INTO user_connections (follower_id, following_id) VALUES ($1, $2), ($2, $1)',
        [world.friend, world.owner],
      )
      for (const reader of readers)
        for (const list of [sql`followers_of`, sql`followed_by`]) {
          const rows = await as(
            reader,
            sql`SELECT user_id FROM ${list}(${world.owner}, 'infinity', NULL, 10)`,
          )
          assert.equal(rows.length, sees[visibility].includes(reader) ? 1 : 0, reader)
        }
      await database.owner.query('DELETE FROM user_connections')
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

function shownOf(person: Record<string, unknown>): string[] {
  return Object.keys(person)
    .filter((key) => person[key] !== null)
    .sort()
}

const ALWAYS_SHOWN = [
  'card',
  'full_name',
  'hides_from_reader',
  'is_blocked_by_reader',
  'user_id',
  'username',
  'visible',
]
