import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../../testing/database.ts'
import { type Listener, listenTo } from '../../../testing/events.ts'
import { makeUser } from '../../../testing/factories.ts'
import { redisServerFound, startRedis } from '../../../testing/redis.ts'
import { announceMaintenance } from '../../identity/maintenance.ts'

/** Within about a second, with some patience for a machine that does much else. */
const SOON_MS = 2500

if (redisServerFound)
  access('of another process on the same Redis', async () => {
    const redis = await startRedis()
    return { env: { REDIS_URL: redis.url }, isShared: true, stop: redis.stop }
  })
access('of the same process', async () => ({ env: {}, isShared: false, stop: async () => undefined }))

type Place = { env: Record<string, string>; isShared: boolean; stop: () => Promise<void> }

function access(where: string, start: () => Promise<Place>): void {
  describe(`a stream ${where}`, () => {
    let database: TestDatabase
    let place: Place
    /** Where streams are held, and where things are done. */
    let there: TestApp
    let here: TestApp
    let roots: Client
    before(async () => {
      database = await createTestDatabase()
      place = await start()
      there = await startApp(database, { env: place.env })
      here = place.isShared ? await startApp(database, { env: place.env }) : there
      await makeUser(database.owner, {}, 'super_admin')
      roots = await signedIn(here, await makeUser(database.owner, {}, 'super_admin'))
    })
    after(async () => {
      await there.close()
      if (place.isShared) await here.close()
      await place.stop()
      await database.close()
    })

    const someone = async (...roles: string[]) => {
      const user = await makeUser(database.owner, {}, ...roles)
      const client = await signedIn(here, user)
      const stream = await listenTo(there, client)
      await stream.until(({ heard }) => heard.length > 0)
      return { id: user.id, client, stream }
    }
    const assertEnds = async (stream: Listener, reason: string) => {
      await stream.ended(SOON_MS)
      assert.deepEqual(
        stream.of('bye').map(({ data }) => data),
        [{ reason }],
      )
    }
    const done = async (reply: Promise<{ status: number; text: string }>) => {
      const { status, text } = await reply
      assert.ok(status < 300, text)
    }

    test('ends when its session is signed out, and cannot be opened again; other sessions go on', async () => {
      const { id, client, stream } = await someone()
      const other = await listenTo(there, await signedIn(here, { id }))
      await done(client.post('/api/v1/auth/logout'))
      await assertEnds(stream, 'session_ended')
      assert.equal((await listenTo(there, client)).status, 401)
      assert.equal(other.of('bye').length, 0)
      other.close()
    })

    test('ends when its person is suspended', async () => {
      const { id, client, stream } = await someone()
      await done(roots.post(`/api/v1/admin/people/${id}/suspension`, { reason: 'Enough' }))
      await assertEnds(stream, 'session_ended')
      assert.equal((await listenTo(there, client)).status, 401)
    })

    test('ends when its person is given a role or loses one, to be opened again as who they are now', async () => {
      const { id, client, stream } = await someone()
      const granted = await roots.post<{ user_role_id: string }>(`/api/v1/admin/people/${id}/roles`, {
        role: 'coach',
        reason: 'Proven',
      })
      assert.equal(granted.status, 201, granted.text)
      await assertEnds(stream, 'access_changed')
      assert.ok(stream.retryMs()! <= 500)
      const again = await listenTo(there, client)
      await again.until(({ heard }) => heard.length > 0)
      await done(
        roots.post(`/api/v1/admin/roles/${granted.body.user_role_id}/revocation`, { reason: 'Over' }),
      )
      await assertEnds(again, 'access_changed')
    })

    test('ends at the second at which a role or the session does by itself', async () => {
      const user = await makeUser(database.owner, {}, 'coach')
      await database.owner.query(
        `UPDATE user_roles SET expires_at = now() + interval '1500 ms' WHERE user_id = $1 AND role_name = 'coach'`,
        [user.id],
      )
      const coach = await listenTo(there, await signedIn(here, user))
      const brief = await signedIn(here, await makeUser(database.owner))
      await database.owner.query(
        `UPDATE sessions SET expires_at = now() + interval '1500 ms' WHERE session_id = $1`,
        [brief.token!.split('.')[0]],
      )
      const stream = await listenTo(there, brief)
      await Promise.all([coach, stream].map((one) => one.until(({ heard }) => heard.length > 0)))
      await sleep(500)
      assert.deepEqual([coach.of('bye').length, stream.of('bye').length], [0, 0])
      await assertEnds(coach, 'access_changed')
      await assertEnds(stream, 'session_ended')
    })

    test('is not for who acts for somebody else', async () => {
      const { id } = await makeUser(database.owner)
      const acting = await roots.post<{ token: string }>(`/api/v1/admin/people/${id}/impersonation`, {
        reason: 'Case 1',
        minutes: 5,
      })
      const refused = await clientOf(there, acting.body.token).get<{ code: string }>('/api/v1/stream')
      assert.deepEqual([refused.status, refused.body.code], [403, 'auth.impersonation_refused'])
    })

    test('ends for all but staff when maintenance begins', async () => {
      const member = await someone()
      const admin = await someone('admin')
      const set = async (on: boolean) => {
        await database.owner.query(
          `UPDATE system_settings SET setting_value = $1 WHERE setting_key = 'platform.maintenance_mode'`,
          [JSON.stringify(on)],
        )
        await announceMaintenance(here.services)
      }
      await set(true)
      try {
        await assertEnds(member.stream, 'maintenance')
        assert.ok(member.stream.retryMs()! >= 60_000)
        assert.equal((await listenTo(there, member.client)).status, 503)
        assert.equal(admin.stream.of('bye').length, 0)
      } finally {
        await set(false)
      }
      admin.stream.close()
    })
  })
}
