import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, beforeEach, describe, test } from 'node:test'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { fixedClock } from '../../testing/clock.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser, type TestUser } from '../../testing/factories.ts'
import { redisServerFound, startRedis, type TestRedis } from '../../testing/redis.ts'

type Shown = { online: boolean | null }

presence('in memory', async () => ({ env: {}, stop: async () => undefined }))

if (redisServerFound)
  presence('on Redis', async () => {
    const redis = await startRedis()
    return { env: { REDIS_URL: redis.url }, stop: redis.stop }
  })
else
  test('without redis-server on this machine presence is tried in memory', () => assert.ok(!process.env.CI))

type Place = { readonly env: Record<string, string>; readonly stop: () => Promise<void> }

function presence(where: string, start: () => Promise<Place>): void {
  describe(`presence ${where}`, () => {
    const clock = fixedClock(new Date())
    let database: TestDatabase
    let place: Place
    let app: TestApp
    let amina: TestUser
    let asAmina: Client
    before(async () => {
      database = await createTestDatabase()
      place = await start()
      app = await startApp(database, { env: place.env, services: { clock } })
    })
    beforeEach(async () => {
      amina = await makeUser(database.owner)
      asAmina = await signedIn(app, amina)
    })
    after(async () => {
      await app.close()
      await place.stop()
      await database.close()
    })

    const online = async () => (await clientOf(app).get<Shown>(`/api/v1/people/${amina.id}`)).body.online
    const act = async (client = asAmina) => client.get('/api/v1/me')
    /** What its time to live does by itself. */
    const leave = () => app.services.cache.delete(`presence:${amina.id}`)
    const share = (shares: boolean) =>
      database.owner.query('UPDATE user_settings SET show_activity = $2 WHERE user_id = $1', [
        amina.id,
        shares,
      ])

    test('is seen by others from somebody’s first request on, until they have been away', async () => {
      assert.equal(await online(), false)
      await act()
      assert.equal(await online(), true)
      await leave()
      assert.equal(await online(), false)
    })

    test('is noted once a minute, however busy a session is', async () => {
      await act()
      await leave()
      clock.advance(59_000)
      await act()
      assert.equal(await online(), false)
      clock.advance(2000)
      await act()
      assert.equal(await online(), true)
    })

    test('is gone at once for who shares it no longer, and back for who does again', async () => {
      await act()
      await share(false)
      assert.equal(await online(), null)
      await act()
      assert.equal(await online(), null)
      await share(true)
      assert.equal(await online(), true)
    })

    test('is not brought about by a session’s id without its secret', async () => {
      const [id] = asAmina.token!.split('.')
      assert.equal((await act(clientOf(app, `${id}.${randomBytes(32).toString('base64url')}`))).status, 401)
      assert.equal(await online(), false)
    })

    test('is not brought about by a super admin who acts for somebody', async () => {
      const admin = await makeUser(database.owner, {}, 'super_admin')
      await database.owner.query(
        `UPDATE sessions SET impersonator_id = $2, impersonation_reason = 'support', proven_at = NULL WHERE user_id = $1`,
        [amina.id, admin.id],
      )
      assert.equal((await act()).status, 200)
      assert.equal(await online(), false)
    })
  })
}

if (redisServerFound)
  describe('presence with Redis gone', () => {
    let database: TestDatabase
    let redis: TestRedis
    let app: TestApp
    before(async () => {
      database = await createTestDatabase()
      redis = await startRedis()
      app = await startApp(database, { env: { REDIS_URL: redis.url } })
    })
    after(async () => {
      await app.close()
      await redis.stop()
      await database.close()
    })

    test('is null, and nothing else changes', async () => {
      const [amina, kwame] = [await makeUser(database.owner), await makeUser(database.owner)]
      const asKwame = await signedIn(app, kwame)
      assert.equal((await asKwame.put(`/api/v1/people/${amina.id}/follow`)).status, 204)
      await redis.kill()
      for (const client of [asKwame, clientOf(app)]) {
        const profile = await client.get<Shown>(`/api/v1/people/${kwame.id}`)
        assert.deepEqual([profile.status, profile.body.online], [200, null])
        const list = await client.get<{ items: Shown[] }>(`/api/v1/people/${amina.id}/followers`)
        assert.deepEqual([list.status, list.body.items[0]?.online], [200, null])
      }
    })
  })
