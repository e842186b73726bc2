import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fillWorld } from '../../../test/row-security/suite.ts'
import type { World } from '../../../test/row-security/world.ts'
import { cacheEntries } from '../../platform/cache/index.ts'
import { connect, type Database } from '../../platform/db/index.ts'
import { signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { insert, makeEvent, makeUser, unique } from '../../testing/factories.ts'
import { redisServerFound, startRedis } from '../../testing/redis.ts'
import { servers } from '../../testing/servers.ts'
import { sealShippingAddress } from '../commerce/index.ts'
import { TABLES } from './classification.ts'
import { type Needles, needlesOf } from './needles.ts'
import { HOLDS, WRITING } from './plan.ts'
import { purge } from './purge.ts'
import { purgeNow } from './replay.ts'
import { scan } from './scan.ts'

for (const server of await servers())
  describe(`an erasure of somebody who is everywhere, on PostgreSQL ${server.version}`, () => {
    let database: TestDatabase
    let app: TestApp
    let world: World
    let asOwner: Database
    before(async () => {
      database = await createTestDatabase(server)
      app = await startApp(database)
      world = (await fillWorld(database)).world
      // The world's own keys open nothing, and somebody is leaving already.
      await database.owner.query('DELETE FROM audit_keys')
      await database.owner.query('DELETE FROM erasures')
      asOwner = connect({ url: database.ownerUrl, poolSize: 2, prepared: true, applicationName: 'bcn test' })
    })
    after(async () => {
      await app.close()
      await asOwner.close()
      await database.close()
    })

    async function eraseNow(userId: string, choice: 'stays' | 'goes') {
      const client = await signedIn(app, { id: userId })
      const reply = await client.post('/api/v1/me/erasure', { public_writing: choice })
      assert.equal(reply.status, 202, reply.text)
      const erasureId = await purgeNow(database.workerDb, userId)
      assert.equal(await purge(app.services, database.workerDb, erasureId!), true)
    }

    const look = (needles: Needles, logs: string[] = []) =>
      scan({ database: asOwner, storage: app.services.storage, logs, cache: null }, needles)

    /** As the owner: the worker sees neither analysts' tables nor the ledger of migrations. */
    async function references(userId: string): Promise<string[]> {
      const found: string[] = []
      for (const { table, erasure } of TABLES) {
        for (const column of erasure.keys()) {
          if (column === 'email' || column === 'order_id' || column === 'application_id') continue
          const { rows } = await database.owner.query(`SELECT FROM ${table} WHERE ${column} = $1`, [userId])
          if (rows.length > 0) found.push(`${table}.${column}`)
        }
      }
      return found
    }

    for (const choice of ['stays', 'goes'] as const) {
      test(`leaves a row in no table but where it must stand, when their writing ${choice}`, async () => {
        const userId = choice === 'stays' ? world.owner : world.coach
        const before = await references(userId)
        assert.ok(before.length >= 10, before.join())
        await eraseNow(userId, choice)
        const standing = [
          ...HOLDS.map(({ table, column }) => `${table}.${column}`),
          'users.user_id',
          'erasures.user_id',
          'audit_logs.user_id',
          'audit_logs.impersonating_user_id',
        ]
        assert.deepEqual(
          (await references(userId)).filter((place) => !standing.includes(place)),
          [],
        )
        assert.ok(WRITING.length > 0)
      })
    }

    test('lets nothing be found of what they wrote, wherever it stood; before, all of it is', async () => {
      const { owner } = database
      const { fields, storage } = app.services
      const person = await makeUser(owner, {
        full_name: 'Wanjiku Nyambura-Otieno',
        username: unique('wanjiku'),
      })
      const friend = await makeUser(owner)
      const coach = await makeUser(owner, {}, 'coach')
      const text = (what: string) => `${what}: what she told nobody but us`
      await owner.query(`UPDATE user_profiles SET bio = $2, mission_statement = $3 WHERE user_id = $1`, [
        person.id,
        text('bio'),
        text('mission'),
      ])
      for (const [from, to, content] of [
        [person.id, friend.id, text('message to a friend')],
        [friend.id, person.id, `I write to ${person.email}, Wanjiku Nyambura-Otieno`],
      ]) {
        await owner.query(
          'INSERT INTO messages (conversation_id, sender_id, recipient_id, content) VALUES (uuid_v7(), $1, $2, $3)',
          [from, to, content],
        )
      }
      const { session_id } = await insert(owner, 'coaching_sessions', {
        coach_id: coach.id,
        mentee_id: person.id,
        scheduled_at: new Date(),
        timezone: 'Africa/Nairobi',
        session_type: 'one_on_one',
        topic: text('topic'),
        notes: text('notes'),
        coach_notes: `${text('of the coach')}, about Wanjiku Nyambura-Otieno`,
        action_items: [{ what: text('to do "at once"\nor soon') }],
      })
      await insert(owner, 'session_feedback', {
        session_id,
        coach_id: coach.id,
        submitted_by: person.id,
        rating: 4,
        feedback_text: text('feedback'),
      })
      const order = await insert(owner, 'orders', {
        user_id: person.id,
        order_number: unique('o'),
        subtotal: 1,
        total_amount: 1,
        notes: text('leave it with the guard'),
      })
      const address = { line1: '27 Muthithi Road, flat 4', city: 'Nairobi', name: 'Wanjiku Nyambura-Otieno' }
      await owner.query('UPDATE orders SET shipping_address = $2::jsonb WHERE order_id = $1', [
        order.order_id,
        sealShippingAddress(fields, order.order_id!, address),
      ])
      await insert(owner, 'subscriptions', {
        user_id: person.id,
        tier: 'build',
        billing_cycle: 'monthly',
        amount: 950,
        current_period_start: new Date(),
        current_period_end: new Date(),
        cancellation_note: text('too dear since the rains'),
      })
      const event = await makeEvent(owner, {
        speakers: [
          { user_id: person.id, name: 'Wanjiku Nyambura-Otieno' },
          { user_id: friend.id, name: 'Stays' },
        ],
        agenda: '09:00 Wanjiku Nyambura-Otieno, 10:00 tea',
      })
      const own = await makeEvent(owner, {
        organizer_id: person.id,
        speakers: null,
        agenda: 'WANJIKU NYAMBURA-OTIENO opens',
        description: 'With Wanjiku Nyambura-Otieno and her sisters',
      })
      await insert(owner, 'event_registrations', {
        event_id: event.event_id,
        user_id: person.id,
        ticket_code: unique('ticket'),
        metadata: { meal: text('no groundnuts, please'), deliver_to: '27 Muthithi Road, flat 4' },
      })
      await insert(owner, 'partners', {
        organization_name: 'Pwani Trust',
        slug: unique('partner'),
        partner_type: 'ngo',
        contact_email: person.email,
      })
      const asset = await insert(owner, 'media_assets', {
        filename: 'Wanjiku Nyambura-Otieno.jpg',
        file_type: 'image/webp',
        file_size_bytes: 3,
        storage_key: 'media/photos/x/256.webp',
        uploaded_by: person.id,
        usage_type: 'profile_photo',
        processing_status: 'ready',
      })
      await storage.put(
        `public/photos/${asset.asset_id}/256.webp`,
        Buffer.from(`of ${person.email}`),
        'image/webp',
      )
      const needles = await needlesOf(database.workerDb, fields, person.row.username!)
      assert.ok(needles)
      assert.equal(needles.needles.filter(({ what }) => what.startsWith('phrase')).length, 10)
      const found = new Set((await look(needles)).findings.map(({ what }) => what))
      assert.deepEqual(
        needles.needles.filter(({ what }) => !found.has(what)),
        [],
      )
      await eraseNow(person.id, 'stays')
      assert.deepEqual((await look(needles)).findings, [])
      const kept = await owner.query('SELECT speakers, agenda FROM events WHERE event_id = $1', [
        event.event_id,
      ])
      assert.match(JSON.stringify(kept.rows[0]), /Stays.*09:00 …, 10:00 tea/)
      const ownKept = await owner.query('SELECT agenda, description FROM events WHERE event_id = $1', [
        own.event_id,
      ])
      assert.deepEqual(ownKept.rows[0], { agenda: '… opens', description: 'With … and her sisters' })
      assert.deepEqual(await storage.head(`public/photos/${asset.asset_id}/256.webp`), null)
    })

    test('is searched for in logs and in the cache too', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'bcn-logs-'))
      writeFileSync(join(folder, 'server.log'), '{"msg":"mail to ZAINAB@example.org"}\n')
      const needles = { user_id: world.friend, needles: [{ what: 'e-mail', text: 'zainab@example.org' }] }
      const { findings, files } = await look(needles, [folder])
      rmSync(folder, { recursive: true })
      assert.equal(files, 1)
      assert.deepEqual(
        findings.map(({ place, count }) => [place.endsWith('server.log'), count]),
        [[true, 1]],
      )
      if (!redisServerFound) return
      const redis = await startRedis()
      const withCache = await startApp(database, { env: { REDIS_URL: redis.url } })
      try {
        await withCache.services.cache.set('user:profile:1', '{"email":"zainab@example.org"}', 60)
        await withCache.services.cache.zadd('recent', 'zainab@example.org', 1)
        const cache = cacheEntries(redis.url)
        const hay = { database: asOwner, storage: app.services.storage, logs: [], cache }
        const places = (await scan(hay, needles)).findings.map(({ place }) => place)
        assert.equal(places.length, 2, places.join())
      } finally {
        await withCache.close()
        await redis.stop()
      }
    })
  })
