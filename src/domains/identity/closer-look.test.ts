import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { insert, makeUser, type TestUser } from '../../testing/factories.ts'

type Choices = {
  readonly visibility?: 'public' | 'members_only' | 'private'
  readonly email?: boolean
  readonly phone?: boolean
}

describe('what staff see of a profile, and a member would not', () => {
  let database: TestDatabase
  let app: TestApp
  let amina: TestUser
  let clients: Record<'member' | 'staff' | 'blocked_staff' | 'oneself', Client>
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    const { owner } = database
    amina = await makeUser(owner, { phone_number: '+254 ••• secret' }, 'admin')
    await owner.query(
      `UPDATE user_profiles SET bio = 'secret bio', tagline = 'secret line' WHERE user_id = $1`,
      [amina.id],
    )
    const blocked = await makeUser(owner, {}, 'super_admin')
    await insert(owner, 'user_blocks', { blocker_id: amina.id, blocked_id: blocked.id })
    clients = {
      member: await signedIn(app, await makeUser(owner)),
      staff: await signedIn(app, await makeUser(owner, {}, 'admin')),
      blocked_staff: await signedIn(app, blocked),
      oneself: await signedIn(app, amina),
    }
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  /** The columns of each trace that one look at the profile leaves. */
  async function tracesOf(reader: keyof typeof clients, choices: Choices): Promise<string[][]> {
    const { visibility = 'public', email = true, phone = true } = choices
    const { owner } = database
    await owner.query('UPDATE user_profiles SET show_email = $2, show_phone = $3 WHERE user_id = $1', [
      amina.id,
      email,
      phone,
    ])
    await owner.query('UPDATE user_settings SET profile_visibility = $2 WHERE user_id = $1', [
      amina.id,
      visibility,
    ])
    const known = await owner.query<{ log_id: string }>('SELECT log_id FROM audit_logs')
    assert.equal((await clients[reader].get(`/api/v1/people/${amina.row.username}`)).status, 200)
    const { rows } = await owner.query<{ changes: string; whole: string }>(
      `SELECT changes, a::text AS whole FROM audit_logs a
       WHERE action = 'identity.personal_data_read' AND entity_id = $1 AND log_id <> ALL ($2)`,
      [amina.id, known.rows.map(({ log_id }) => log_id)],
    )
    for (const { whole } of rows) assert.doesNotMatch(whole, /secret|@/)
    return rows.map(({ changes }) => JSON.parse(changes) as string[])
  }

  test('leaves a trace that names those columns, and holds none of their values', async () => {
    assert.deepEqual(await tracesOf('staff', {}), [])
    assert.deepEqual(await tracesOf('staff', { email: false }), [['users.email']])
    assert.deepEqual(await tracesOf('staff', { visibility: 'members_only', phone: false }), [
      ['users.phone_number'],
    ])
  })

  test('is the whole of what is private, or of who has blocked them', async () => {
    for (const traces of [
      await tracesOf('staff', { visibility: 'private' }),
      await tracesOf('blocked_staff', {}),
    ]) {
      assert.equal(traces.length, 1)
      for (const column of ['user_profiles.bio', 'user_profiles.tagline', 'users.email', 'users.created_at'])
        assert.ok(traces[0]!.includes(column), `${column} in ${traces[0]}`)
    }
  })

  test('leaves none for a member, nor for staff who look at themselves', async () => {
    for (const reader of ['member', 'oneself'] as const)
      assert.deepEqual(await tracesOf(reader, { visibility: 'private', email: false }), [])
  })

  test('is whom they know too, where they show it to nobody', async () => {
    const { owner } = database
    const tracesOfFollows = async (reader: keyof typeof clients, visibility: string) => {
      await owner.query('UPDATE user_settings SET profile_visibility = $2 WHERE user_id = $1', [
        amina.id,
        visibility,
      ])
      const count = async () => {
        const { rows } = await owner.query<{ changes: string }>(
          `SELECT changes FROM audit_logs WHERE action = 'identity.personal_data_read' AND entity_id = $1
           ORDER BY timestamp, log_id`,
          [amina.id],
        )
        return rows.map(({ changes }) => changes)
      }
      const before = await count()
      for (const side of ['followers', 'following'])
        await clients[reader].get(`/api/v1/people/${amina.row.username}/${side}`)
      return (await count()).slice(before.length).flatMap((changes) => JSON.parse(changes) as string[])
    }
    assert.deepEqual(await tracesOfFollows('staff', 'members_only'), [])
    assert.deepEqual((await tracesOfFollows('staff', 'private')).sort(), [
      'user_connections.follower_id',
      'user_connections.following_id',
    ])
    assert.equal((await tracesOfFollows('blocked_staff', 'public')).length, 2)
    assert.deepEqual(await tracesOfFollows('oneself', 'private'), [])
  })
})
