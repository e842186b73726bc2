import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { createTestDatabase } from '../../testing/database.ts'
import { insert, makePost, makeUser } from '../../testing/factories.ts'
import type { JobContext, Task } from '../jobs/index.ts'
import { createMetrics } from '../metrics/index.ts'
import { foldCounters, repairCounters } from './counters.ts'
import { upkeepTasks } from './index.ts'
import { fewestMonthsAhead } from './partitions.ts'

const database = await createTestDatabase()
after(() => database.close())
const { owner, workerDb } = database

const metrics = createMetrics()
const tasks = upkeepTasks(metrics)
type Line = { level: string; details: Record<string, unknown>; text: string }

/** Runs a task as the worker would; answers what it logged. */
async function run(name: string, signal = new AbortController().signal): Promise<Line[]> {
  const lines: Line[] = []
  const level = (word: string) => (details: Record<string, unknown>, text: string) =>
    void lines.push({ level: word, details, text })
  const log = { info: level('info'), warn: level('warn'), error: level('error') }
  const task: Task | undefined = tasks.find((one) => one.name === name)
  assert.ok(task)
  await task.run({}, { db: workerDb, log, signal, attempt: 1 } as unknown as JobContext) // services are not touched
  return lines
}

test('a fold names the rows whose counters moved, once it has committed', async () => {
  const post = await makePost(owner)
  for (const user of [await makeUser(owner), await makeUser(owner)]) {
    const like = { entity_type: 'post', entity_id: post.post_id, reaction_type: 'like' }
    await insert(owner, 'reactions', { user_id: user.id, ...like })
  }
  const told: Record<string, readonly string[]> = {}
  const note = (table: string) => async (ids: readonly string[]) => {
    told[table] = ids
  }
  const loop = foldCounters({ posts: note('posts'), user_profiles: note('user_profiles') })
  const afterwards = await workerDb.transaction(null, (tx) => loop.run(tx))
  assert.deepEqual(told, {})
  await afterwards?.()
  assert.deepEqual(told, { posts: [post.post_id], user_profiles: [post.author_id] })
  assert.equal(await workerDb.transaction(null, (tx) => loop.run(tx)), undefined, 'nothing moved since')
})

test('the reconciler repairs what drifted, warns and counts it', async () => {
  const post = await makePost(owner)
  assert.deepEqual(await run('platform.reconcile_counters.v1'), [])
  await owner.query('UPDATE posts SET comment_count = 7 WHERE post_id = $1', [post.post_id])
  const lines = await run('platform.reconcile_counters.v1')
  assert.deepEqual(
    lines.map(({ level, details }) => [level, details]),
    [['warn', { repaired: 1 }]],
  )
  assert.match(await metrics.text(), /^counters_repaired_total 1$/m)
  assert.deepEqual((await owner.query('SELECT * FROM counter_drift()')).rows, [])
})

test('two reconcilers at once repair once', async () => {
  const post = await makePost(owner)
  await owner.query('UPDATE posts SET comment_count = 7 WHERE post_id = $1', [post.post_id])
  const repaired = await workerDb.transaction(null, async (tx) => {
    const first = await repairCounters(tx)
    const second = workerDb.transaction(null, repairCounters)
    return { first, second: await Promise.race([second, setTimeout(300, 'waits')]), end: { second } }
  })
  assert.deepEqual([repaired.first, repaired.second, await repaired.end.second], [1, 'waits', 0])
  assert.deepEqual((await owner.query('SELECT * FROM counter_drift()')).rows, [])
})

test('missing partitions are made; when they cannot be, the error says which table runs short', async () => {
  const { rows } = await owner.query<{ name: string }>(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'notifications'::regclass ORDER BY 1 DESC LIMIT 4`,
  )
  const dropped = rows.map(({ name }) => name)
  await owner.query(`DROP TABLE ${dropped.join(', ')}`)
  assert.equal(await fewestMonthsAhead(workerDb.anonymous), 2)
  // A table in the way, as somebody might leave it, hides the month from ensure_partitions().
  for (const name of dropped) await owner.query(`CREATE TABLE ${name} (id int)`)
  const [line] = await run('platform.ensure_partitions.v1')
  assert.equal(line?.level, 'error')
  assert.deepEqual(line?.details.tables, [{ parent: 'notifications', months: 2 }])

  await owner.query(`DROP TABLE ${dropped.join(', ')}`)
  const [made] = await run('platform.ensure_partitions.v1')
  assert.deepEqual(made?.details.partitions, [...dropped].sort())
  assert.equal(await fewestMonthsAhead(workerDb.anonymous), 6)
})

test('expired idempotency keys go in batches, living ones stay', async () => {
  await owner.query(`
    INSERT INTO idempotency_keys (actor_id, key, request_hash, expires_at)
    SELECT uuid_v7(), 'k' || n, 'x', CASE WHEN n <= 2500 THEN now() - interval '1 second' ELSE now() + interval '1 day' END
    FROM generate_series(1, 2510) n`)
  const [line] = await run('platform.sweep_idempotency_keys.v1')
  assert.deepEqual(line?.details, { swept: 2500 })
  const { rows } = await owner.query('SELECT key FROM idempotency_keys')
  assert.equal(rows.length, 10)
})

test('a sweep stops when the worker has to end', async () => {
  await owner.query(`UPDATE idempotency_keys SET expires_at = now() - interval '1 second'`)
  assert.deepEqual(await run('platform.sweep_idempotency_keys.v1', AbortSignal.abort()), [])
  assert.equal((await owner.query('SELECT key FROM idempotency_keys')).rows.length, 10)
})
