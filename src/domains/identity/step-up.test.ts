import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { clientOf, signIn, startApp, type TestApp } from '../../testing/client.ts'
import { fixedClock } from '../../testing/clock.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser, testPassword } from '../../testing/factories.ts'

type Answer = { code: string; detail: string; token: string; user_id: string }
type Listed = { items: { session_id: string; current: boolean; device: string | null; kind: string }[] }

const PHONE =
  'Mozilla/5.0 (Linux; Android 14; TECNO KI7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36'

describe('proving again, and the list of sessions', () => {
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

  const statusOf = async (token: string, at = app) => (await clientOf(at, token).get('/api/v1/me')).status

  /** Another process, eleven minutes on: for it nobody has proven anything lately. */
  const inElevenMinutes = async (work: (later: TestApp) => Promise<void>) => {
    const clock = fixedClock(new Date(Date.now() + 11 * 60_000))
    const later = await startApp(database, { services: { clock } })
    await work(later).finally(() => later.close())
  }

  test('a session is proven for ten minutes from its sign-in, and again from each proof', async () => {
    const { token } = await signIn(app, await makeUser(database.owner))
    const sensitive = (at: TestApp) => clientOf(at, token).post<Answer>('/api/v1/me/totp')
    assert.equal((await sensitive(app)).status, 201)
    await inElevenMinutes(async (later) => {
      assert.equal((await sensitive(later)).body.code, 'auth.step_up_required')
      const prove = (password: string) =>
        clientOf(later, token).post<Answer>('/api/v1/auth/step-up', { password })
      const wrong = await prove('not the password')
      assert.deepEqual([wrong.status, wrong.body.code], [401, 'auth.proof_wrong'])
      const { status, body } = await prove(testPassword)
      assert.equal(status, 200)
      assert.equal(await statusOf(token!, later), 401, 'the old token is worth nothing')
      assert.equal(await statusOf(body.token, later), 200)
    })
  })

  test('a proof is guessed at ten times in ten minutes', async () => {
    const client = await signIn(app, await makeUser(database.owner))
    const guess = () => client.post<Answer>('/api/v1/auth/step-up', { password: 'not the password' })
    for (let n = 0; n < 10; n++) assert.equal((await guess()).status, 401)
    assert.deepEqual([(await guess()).status, (await guess()).body.code], [429, 'auth.too_many_attempts'])
  })

  test('none or two proofs at once are refused', async () => {
    const client = await signIn(app, await makeUser(database.owner))
    for (const body of [{}, { password: testPassword, totp: '123456' }]) {
      const reply = await client.post<Answer>('/api/v1/auth/step-up', body)
      assert.deepEqual([reply.status, reply.body.code], [400, 'auth.one_of'])
      assert.equal(reply.body.detail, 'Give exactly one of: password, totp, recovery_code, passkey.')
    }
  })

  test('a browser that proves itself gets its new token as a cookie, whatever header a script adds', async () => {
    const client = await signIn(app, await makeUser(database.owner))
    const from = { 'sec-fetch-site': 'same-origin', authorization: 'Basic YTpi' }
    const browser = { cookie: `bcn_session=${client.token}`, ...from }
    const reply = await clientOf(app).post<Answer>(
      '/api/v1/auth/step-up',
      { password: testPassword },
      browser,
    )
    assert.equal(reply.body.token, undefined)
    assert.match(
      String(reply.headers['set-cookie']),
      /^bcn_session=[\w.-]+; Path=\/;.*HttpOnly; SameSite=Lax$/,
    )
  })

  test('one sees one’s own sessions with their devices, ends one of them, then all others', async () => {
    const user = await makeUser(database.owner)
    const phone = await clientOf(app).post<Answer>(
      '/api/v1/auth/login',
      { email: user.email, password: user.password, session: 'token' },
      { 'user-agent': PHONE },
    )
    const [here, third] = [await signIn(app, user), await signIn(app, user)]
    const { body } = await here.get<Listed>('/api/v1/me/sessions')
    assert.equal(body.items.length, 3)
    assert.equal(body.items.filter(({ current }) => current).length, 1)
    const onPhone = body.items.find(({ device }) => device === 'Chrome on Android')!
    assert.equal(onPhone.kind, 'token')
    assert.equal((await here.delete(`/api/v1/me/sessions/${onPhone.session_id}`)).status, 204)
    assert.deepEqual([await statusOf(phone.body.token), await statusOf(third.token!)], [401, 200])
    assert.equal((await here.delete(`/api/v1/me/sessions/${onPhone.session_id}`)).status, 404)
    const all = await here.delete<{ ended: number }>('/api/v1/me/sessions')
    assert.equal(all.body.ended, 1)
    assert.deepEqual([await statusOf(third.token!), await statusOf(here.token!)], [401, 200])
  })

  test('who has not proven it for a while sees the sessions and ends none but this one', async () => {
    const user = await makeUser(database.owner)
    const [{ token }, there] = [await signIn(app, user), await signIn(app, user)]
    await inElevenMinutes(async (later) => {
      const here = clientOf(later, token)
      const { body } = await here.get<Listed>('/api/v1/me/sessions')
      const other = body.items.find(({ current }) => !current)!
      for (const url of [`/api/v1/me/sessions/${other.session_id}`, '/api/v1/me/sessions'])
        assert.equal((await here.delete<Answer>(url)).body.code, 'auth.step_up_required')
      assert.equal(await statusOf(there.token!), 200)
      assert.equal((await here.post('/api/v1/auth/logout')).status, 204)
    })
  })

  test('nobody sees or ends the sessions of somebody else', async () => {
    const [amina, kwame] = [await makeUser(database.owner), await makeUser(database.owner)]
    const [hers, his] = [await signIn(app, amina), await signIn(app, kwame)]
    const { body } = await hers.get<Listed>('/api/v1/me/sessions')
    const reply = await his.delete<Answer>(`/api/v1/me/sessions/${body.items[0]!.session_id}`)
    assert.deepEqual([reply.status, reply.body.code], [404, 'session.not_found'])
    assert.equal(await statusOf(hers.token!), 200)
  })

  test('the session tells whose it is and until when it is proven', async () => {
    const user = await makeUser(database.owner, {}, 'coach')
    const client = await signIn(app, user)
    const { body } = await client.get<{ user_id: string; roles: string[]; proven_until: string }>(
      '/api/v1/auth/session',
    )
    assert.deepEqual([body.user_id, body.roles], [user.id, ['coach', 'member']])
    assert.ok(Date.parse(body.proven_until) > Date.now() + 590_000 - 60_000)
  })
})
