import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { asSelf } from '../../platform/actor.ts'
import { type Client, clientOf, signIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser, type TestUser } from '../../testing/factories.ts'
import { redisServerFound, startRedis, type TestRedis } from '../../testing/redis.ts'
import { announceMaintenance, refuseInMaintenance } from './maintenance.ts'

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

  test('an announced change is in force on both at once, and staff of either go on', async () => {
    const staff = await signIn(here, admin)
    const reader = await signIn(here, member)
    await set(true)
    await announceMaintenance(here.services)
    assert.ok((await until('platform.maintenance')) < 500)
    for (const app of [here, there]) {
      assert.equal(await codeOf(clientOf(app)), 'platform.maintenance')
      assert.equal(await codeOf(clientOf(app, reader.token), '/api/v1/me'), 'platform.maintenance')
      assert.equal(await codeOf(clientOf(app, staff.token), '/api/v1/me'), 200)
      assert.equal(await codeOf(clientOf(app, staff.token), '/api/v1/programs'), 200)
      assert.equal(await codeOf(clientOf(app), '/health/ready'), 200)
    }
    await set(false)
    await announceMaintenance(there.services)
    assert.ok((await until(200)) < 500)
    assert.equal(await codeOf(clientOf(here, reader.token), '/api/v1/me'), 200)
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

  test('a session is opened for staff alone', async () => {
    const admit = ({ id }: TestUser) => here.services.db.transaction(asSelf(id), refuseInMaintenance)
    await admit(member)
    await set(true)
    await admit(admin)
    await assert.rejects(admit(member), { status: 503, code: 'platform.maintenance', retryAfter: 120 })
    await set(false)
    await admit(member)
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
