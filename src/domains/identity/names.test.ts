import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  accepted,
  type Client,
  clientOf,
  signedIn,
  signIn,
  startApp,
  type TestApp,
} from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { insert, makeUser, testPassword, unique } from '../../testing/factories.ts'
import { deleteFreeUsernames } from './queries/names.ts'

const ACCOUNT = '/api/v1/me/account'
type Names = { full_name: string; username: string; code?: string; errors?: { pointer: string }[] }

describe('what someone is called', () => {
  let database: TestDatabase
  let app: TestApp
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const person = async (username = unique('person')) => {
    const user = await makeUser(database.owner, { username })
    return { ...user, username, client: await signedIn(app, user) }
  }
  test('a username is no id of anybody, nor dots and dashes alone', async () => {
    const { client, id } = await person()
    for (const username of [id, id.toUpperCase(), '...', '-_-'])
      assert.equal((await rename(client, username)).status, 400, username)
    const straight = database.owner.query('UPDATE users SET username = $2 WHERE user_id = $1', [id, id])
    await assert.rejects(straight, { constraint: 'username_is_no_id' })
  })

  const rename = (client: Client, username: string) => client.patch<Names>(ACCOUNT, { username })
  const age = (username: string, days: number) =>
    database.owner.query(
      `UPDATE released_usernames SET released_at = now() - make_interval(days => $2) WHERE username = lower($1)`,
      [username, days],
    )

  test('changes as they say, trimmed, and shows at once in their own page', async () => {
    const { client } = await person()
    await client.get('/api/v1/me')
    const username = unique('Amina')
    const reply = await client.patch<Names>(ACCOUNT, { full_name: '  Amina Wanjiru ', username })
    assert.equal(reply.status, 200)
    assert.deepEqual([reply.body.full_name, reply.body.username], ['Amina Wanjiru', username])
    const only = await client.patch<Names>(ACCOUNT, { full_name: 'Amina W.' })
    assert.deepEqual([only.body.full_name, only.body.username], ['Amina W.', username])
    const me = await client.get<Names>('/api/v1/me')
    assert.deepEqual([me.body.full_name, me.body.username], ['Amina W.', username])
  })

  test('is signed in with from then on, and no longer with what it was', async () => {
    const { client, username: before } = await person()
    const username = unique('new')
    await rename(client, username)
    const login = (name: string) =>
      clientOf(app).post('/api/v1/auth/login', { username: name, password: testPassword })
    assert.equal((await login(username.toUpperCase())).status, 200)
    assert.equal((await login(before)).status, 401)
  })

  test('is nobody else’s, whatever the case', async () => {
    const taken = await person(unique('Taken'))
    const { client } = await person()
    for (const name of [taken.username, taken.username.toUpperCase(), taken.username.toLowerCase()]) {
      const reply = await rename(client, name)
      assert.deepEqual([reply.status, reply.body.code], [409, 'auth.username_taken'])
      assert.equal(reply.body.errors?.[0]?.pointer, '/username')
    }
  })

  test('is held for 30 days after it was given up, for its former bearer alone', async () => {
    const amina = await person()
    await rename(amina.client, unique('new'))
    const other = await person()
    assert.equal((await rename(other.client, amina.username.toUpperCase())).body.code, 'auth.username_taken')
    await assert.rejects(makeUser(database.owner, { username: amina.username }), /held for who had it/)
    assert.equal((await rename(amina.client, amina.username)).status, 200, 'taken back')
    await rename(amina.client, unique('new'))
    await age(amina.username, 30)
    assert.equal((await rename(other.client, amina.username)).status, 200, 'free again')
  })

  test('while it is held, is refused to who registers, whether or not their address is known', async () => {
    const amina = await person()
    await rename(amina.client, unique('new'))
    const known = await person()
    for (const email of [known.email, `${unique('unknown')}@example.com`]) {
      const reply = await clientOf(app).post<Names>('/api/v1/auth/register', {
        email,
        username: amina.username,
        full_name: 'Somebody',
        password: 'quiet-harbour-seventy-lanterns',
        accepted,
      })
      assert.deepEqual([reply.status, reply.body.code], [409, 'auth.username_taken'])
    }
  })

  test('may change its case without giving anything up', async () => {
    const amina = await person()
    assert.equal((await rename(amina.client, amina.username.toUpperCase())).status, 200)
    const { rows } = await database.owner.query('SELECT FROM released_usernames WHERE user_id = $1', [
      amina.id,
    ])
    assert.equal(rows.length, 0)
  })

  test('changes three times in 30 days at most, so that nobody hoards names', async () => {
    const amina = await person()
    for (let n = 0; n < 3; n++) assert.equal((await rename(amina.client, unique('hoard'))).status, 200)
    const fourth = await rename(amina.client, unique('hoard'))
    assert.deepEqual([fourth.status, fourth.body.code], [409, 'account.username_changed_too_often'])
    assert.equal(
      (await rename(amina.client, amina.username)).status,
      200,
      'one of the three may be taken back',
    )
    await database.owner.query(
      `UPDATE released_usernames SET released_at = now() - interval '31 days' WHERE user_id = $1`,
      [amina.id],
    )
    assert.equal((await rename(amina.client, unique('hoard'))).status, 200)
  })

  test('sent ten times at once still changes three times', async () => {
    const amina = await person()
    const replies = await Promise.all(Array.from({ length: 10 }, () => rename(amina.client, unique('race'))))
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 200, 200, ...Array(7).fill(409)])
  })

  test('given up while twenty others ask for it goes to none of them', async () => {
    const amina = await person()
    const others = await Promise.all(Array.from({ length: 20 }, () => person()))
    const [released, ...taken] = await Promise.all([
      rename(amina.client, unique('gone')),
      ...others.map(({ client }) => rename(client, amina.username)),
    ])
    assert.equal(released.status, 200)
    assert.deepEqual([...new Set(taken.map(({ status }) => status))], [409])
  })

  test('is let go with the person, and held no longer than it must be', async () => {
    const amina = await person()
    await database.owner.query('UPDATE users SET username = NULL, erased_at = now() WHERE user_id = $1', [
      amina.id,
    ])
    await makeUser(database.owner, { username: amina.username })
    const pending = await makeUser(database.owner, { status: 'pending_verification' })
    await database.owner.query('UPDATE users SET username = NULL WHERE user_id = $1', [pending.id])
    await makeUser(database.owner, { username: pending.row.username })
    const { id: user_id } = await person()
    const released_at = new Date(Date.now() - 31 * 86_400_000)
    for (const username of [unique('old'), unique('old')])
      await insert(database.owner, 'released_usernames', { username, user_id, released_at })
    const swept = await database.workerDb.transaction(null, (tx) => deleteFreeUsernames(tx, 1))
    assert.equal(swept, 1)
    await database.workerDb.transaction(null, (tx) => deleteFreeUsernames(tx, 1000))
    const { rows } = await database.owner.query('SELECT FROM released_usernames WHERE user_id = $1', [
      user_id,
    ])
    assert.equal(rows.length, 0)
  })

  test('is refused when it is no name, with the field', async () => {
    const { client, id } = await person()
    for (const [body, pointer] of [
      [{}, ''],
      [{ full_name: '' }, '/full_name'],
      [{ full_name: 'turned \u202e around' }, '/full_name'],
      [{ full_name: 'x'.repeat(201) }, '/full_name'],
      [{ full_name: null }, '/full_name'],
      [{ username: 'ab' }, '/username'],
      [{ username: 'a@b.example' }, '/username'],
      [{ username: null }, '/username'],
      [{ email: 'other@example.com' }, '/email'],
      [{ user_id: id }, '/user_id'],
      [{ status: 'active' }, '/status'],
      [{ email_verified: true }, '/email_verified'],
      [{ role: 'admin' }, '/role'],
    ] as const) {
      const reply = await client.patch<Names>(ACCOUNT, body)
      assert.equal(reply.status, 400, JSON.stringify(body))
      assert.equal(reply.body.errors?.[0]?.pointer, pointer)
    }
    assert.equal((await clientOf(app).patch(ACCOUNT, { full_name: 'x' })).status, 401)
  })

  test('is audited by name, not by value', async () => {
    const user = await makeUser(database.owner)
    const client = await signIn(app, user)
    await client.patch(ACCOUNT, { full_name: 'Someone Else' })
    const { rows } = await database.owner.query(
      `SELECT changes, retention_class FROM audit_logs WHERE user_id = $1 AND action = 'identity.names_changed'`,
      [user.id],
    )
    assert.deepEqual(rows, [{ changes: '["full_name"]', retention_class: 'security' }])
  })
})
