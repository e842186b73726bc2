import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, signIn, startApp, type TestApp } from '../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../testing/database.ts'
import { insert, makeCoach, makePost, makeProgram, makeUser, type TestUser } from '../testing/factories.ts'
import { openParts, type Parts } from './shutdown.ts'
import { openWorker } from './worker.ts'

describe('beside a worker', () => {
  let database: TestDatabase
  let app: TestApp
  let parts: Parts
  let author: TestUser
  let reader: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    author = await makeUser(database.owner)
    reader = await signIn(app, await makeUser(database.owner))
    parts = openParts(app.services.log)
    await openWorker(app.services, parts)
  })
  after(async () => {
    await parts.closeAll()
    await app.close()
    await database.close()
  })

  async function until(holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 8000
    while (!(await holds())) {
      assert.ok(Date.now() < deadline, 'waited too long')
      await sleep(50)
    }
  }

  test('a like shows in the cached feed, a post in its author’s own P1, an enrolment on the program’s cached page', async () => {
    const { owner } = database
    const writer = await signIn(app, author)
    const post = await makePost(owner, { author_id: author.id })
    const program = await makeProgram(owner)
    const likes = async () => {
      const { items } = (await reader.get<{ items: { like_count: number }[] }>('/api/v1/posts')).body
      return items[0]?.like_count
    }
    const posts = async () =>
      (await writer.get<{ profile: { post_count: number } }>('/api/v1/me')).body.profile.post_count
    const enrolled = async () =>
      (await reader.get<{ enrollment_count: number }>(`/api/v1/programs/${program.slug}`)).body
        .enrollment_count
    assert.equal(await likes(), 0)
    assert.equal(await enrolled(), 0)
    assert.equal((await reader.put(`/api/v1/posts/${post.post_id}/reactions/like`)).status, 204)
    await insert(owner, 'enrollments', { user_id: author.id, program_id: program.program_id })
    await until(async () => (await likes()) === 1 && (await posts()) === 1 && (await enrolled()) === 1)
  })

  test('a coach shows another rate in the cached directory, and leaves it on hiding', async () => {
    const user = await makeCoach(database.owner)
    const coach = await signIn(app, user)
    const rate = async () => {
      const { items } = (
        await reader.get<{ items: { user_id: string; hourly_rate: { amount_minor: number } }[] }>(
          '/api/v1/coaches',
        )
      ).body
      return items.find(({ user_id }) => user_id === user.id)?.hourly_rate.amount_minor
    }
    assert.equal(await rate(), 250_000)
    await coach.patch('/api/v1/me/profile', { hourly_rate: { amount_minor: 300_000, currency: 'KES' } })
    await until(async () => (await rate()) === 300_000)
    await coach.patch('/api/v1/me/settings', { profile_visibility: 'private' })
    await until(async () => (await rate()) === undefined)
  })

  test('partitions are asked for at once, and their months are measured', async () => {
    await until(async () => /ensure_partitions.v1",outcome="done"} 1/.test(await app.services.metrics.text()))
    assert.match(await app.services.metrics.text(), /^partition_months_ahead 6$/m)
  })

  test('sessions that have expired are swept, others stay', async () => {
    const { owner } = database
    const session = { user_id: author.id, token_hash: 'x' }
    await owner.query(
      `INSERT INTO sessions (session_id, user_id, token_hash, expires_at)
       SELECT uuid_v7(), $1, $2, now() - interval '1 hour' FROM generate_series(1, 1200)`,
      [session.user_id, session.token_hash],
    )
    const { rows } = await owner.query('SELECT session_id FROM sessions WHERE expires_at > now()')
    await owner.query(`SELECT enqueue('identity.sweep_sessions.v1', '{}')`)
    await until(
      async () => (await owner.query('SELECT session_id FROM sessions')).rows.length === rows.length,
    )
  })
})
