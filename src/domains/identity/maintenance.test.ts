import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type Client, clientOf, signIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser, type TestUser, testPassword } from '../../testing/factories.ts'
import { redisServerFound, startRedis, type TestRedis } from '../../testing/redis.ts'
import { announceMaintenance } from './maintenance.ts'

if (redisServerFound) describe('maintenance on two processes that share a Redis', onTwoProcesses)
else
  test('without redis-server on this machine two processes are not tried', () => assert.ok(!process.env.CI))

function onTwoProcesses(): void {
  let database: TestDatabase
  let redis: TestRedis
  let here: TestApp
  let there: TestApp
  let admin: TestUser
  let member: TestUser
  before(async () => {
    database = await createTestDatabase()
    redis = await startRedis()
    const env = { REDIS_URL: redis.url }
    here = await startApp(database, { env })
    there = await startApp(database, { env })
    admin = await makeUser(database.owner, {}, 'admin')
    member = await makeUser(database.owner)
  })
  after(async () => {
    await Promise.all([here.close(), there.close()])
    await redis.stop()
    await database.close()
  })

  const set = (on: boolean) =>
    database.owner.query(
      `UPDATE system_settings SET setting_value = $1 WHERE setting_key = 'platform.maintenance_mode'`,
      [JSON.stringify(on)],
    )
  const codeOf = async (client: Client, url = '/api/v1/posts') => {
    const { status, body } = await client.get<{ code?: string }>(url)
    return body.code ?? status
  }
  /** Milliseconds until a stranger at the other process is answered like this. */
  const until = async (answer: string | number): Promise<number> => {
    const began = performance.now()
    while ((await codeOf(clientOf(there))) !== answer) {
      assert.ok(performance.now() - began < 5000, 'waited too long')
      await delay(5)
    }
    return performance.now() - began
  }

  test('a change by staff is in force on both at once, and staff of either go on', async () => {
    const staff = await signIn(here, admin)
    const reader = await signIn(here, member)
    const change = (value: boolean) =>
      staff.put('/api/v1/admin/settings/platform.maintenance_mode', { value })
    assert.equal((await change(true)).status, 200)
    assert.ok((await until('platform.maintenance')) < 500)
    for (const app of [here, there]) {
      assert.equal(await codeOf(clientOf(app)), 'platform.maintenance')
      assert.equal(await codeOf(clientOf(app, reader.token), '/api/v1/me'), 'platform.maintenance')
      assert.equal(await codeOf(clientOf(app, staff.token), '/api/v1/me'), 200)
      assert.equal(await codeOf(clientOf(app, staff.token), '/api/v1/programs'), 200)
      assert.equal(await codeOf(clientOf(app), '/health/ready'), 200)
    }
    assert.equal(await codeOf(clientOf(there), '/api/v1/settings'), 200)
    assert.equal((await change(false)).status, 200)
    assert.ok((await until(200)) < 500)
    assert.equal(await codeOf(clientOf(here, reader.token), '/api/v1/me'), 200)
  })

  test('signing in lets staff alone in, and tells the others only after the right password', async () => {
    const attempt = async ({ email }: TestUser, password = testPassword) => {
      const { status, body, headers } = await clientOf(there).post<{ code?: string }>('/api/v1/auth/login', {
        email,
        password,
      })
      return [body.code ?? status, headers['retry-after']]
    }
    const sessions = async () =>
      (await database.owner.query('SELECT FROM sessions WHERE user_id = $1', [member.id])).rows.length
    const before = await sessions()
    await set(true)
    assert.deepEqual(await attempt(member), ['platform.maintenance', '120'])
    assert.deepEqual(await attempt(member, 'not the password'), ['auth.invalid_credentials', undefined])
    assert.deepEqual(await attempt(admin), [200, undefined])
    assert.equal(await sessions(), before, 'no session is left behind')
    await set(false)
    assert.deepEqual(await attempt(member), [200, undefined])
  })

  test('one that nobody announced, or that Redis lost, is in force within two seconds', async () => {
    await set(true)
    assert.ok((await until('platform.maintenance')) < 2000)
    await redis.kill()
    await set(false)
    await announceMaintenance(here.services)
    assert.ok((await until(200)) < 2000)
    await redis.start()
  })
}

test('a database that is away leaves the mode as it was', async () => {
  const database = await createTestDatabase()
  let isAway = false
  const gone = () => Promise.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }))
  const db = {
    ...database.db,
    text: (...call: Parameters<typeof database.db.text>) => (isAway ? gone() : database.db.text(...call)),
  }
  await database.owner.query(
    `UPDATE system_settings SET setting_value = 'true' WHERE setting_key = 'platform.maintenance_mode'`,
  )
  const app = await startApp(database, { services: { db } })
  isAway = true
  await delay(1200)
  const { status, body } = await clientOf(app).get('/api/v1/posts')
  assert.deepEqual([status, body.code], [503, 'platform.maintenance'])
  await app.close()
  await database.close()
})
