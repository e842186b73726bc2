import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { createTestDatabase } from '../../testing/database.ts'
import { readConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics/index.ts'
import type { Services } from '../services.ts'
import { type DeadJob, deadJobs, enqueue, type Loop, reviveJobs, startWorker, type Task } from './index.ts'
import { freeAbandonedJobs, queueDepth } from './queue.ts'

const database = await createTestDatabase()
after(() => database.close())
const { db, workerDb, owner } = database

const config = readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent' })
const log = createLog(config)

async function withWorker(
  tasks: Task<never>[],
  work: (text: () => Promise<string>) => Promise<void>,
  loops: Loop[] = [],
) {
  const metrics = createMetrics()
  const services = { config, log, metrics, db } as unknown as Services // no task here touches the rest
  const worker = await startWorker({
    url: database.workerUrl,
    tasks,
    loops,
    services,
    log,
    metrics: metrics.jobs,
  })
  try {
    await work(() => metrics.text())
  } finally {
    await worker.stop()
  }
}

async function until(holds: () => boolean | Promise<boolean>, patienceMs = 8000): Promise<void> {
  const deadline = Date.now() + patienceMs
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, 'waited too long')
    await sleep(20)
  }
}

test('a job runs once its cause has committed, with its payload, as app_worker', async () => {
  const got: unknown[] = []
  const task: Task<{ id: string }> = {
    name: 'test.note_commit.v1',
    async run(payload, { db: jobs, attempt }) {
      const { rows } = await sql<{ who: string }>`SELECT current_user AS who`.execute(jobs.anonymous)
      got.push({ ...payload, attempt, who: rows[0]?.who })
    },
  }
  await withWorker([task], async (metrics) => {
    const rollback = db.transaction(null, async (tx) => {
      await enqueue(tx, task.name, { id: 'rolled back' })
      throw new Error('no')
    })
    await assert.rejects(rollback, /no/)
    await db.transaction(null, (tx) => enqueue(tx, task.name, { id: 'a' }))
    await until(() => got.length > 0)
    assert.deepEqual(got, [{ id: 'a', attempt: 1, who: 'app_worker' }])
    await until(async () =>
      /job_duration_seconds_count\{job="test.note_commit.v1",outcome="done"\} 1/.test(await metrics()),
    )
    await until(async () => (await queueDepth(workerDb.anonymous)).running === 0)
  })
})

test('a key keeps one waiting job, and a later time makes it wait', async () => {
  const name = 'test.wait_long.v1'
  const runAt = '2099-01-01T00:00:00Z'
  for (const id of ['a', 'b']) {
    await db.transaction(null, (tx) => enqueue(tx, name, { id }, { key: 'one', runAt }))
  }
  const { rows } = await owner.query('SELECT payload, run_at FROM graphile_worker._private_jobs')
  assert.deepEqual(
    rows.map((row) => row.payload),
    ['{"id":"b"}'],
  )
  assert.equal((await queueDepth(workerDb.anonymous)).scheduled, 1)
  await owner.query("SELECT graphile_worker.remove_job('one')")
})

test('a job that throws is tried again; out of attempts it is dead, visible, counted, and can be revived', async () => {
  let fails = true
  const runs: number[] = []
  const task: Task = {
    name: 'test.fail_twice.v1',
    async run(_payload, { attempt }) {
      runs.push(attempt)
      if (fails) throw new Error('the other side is away')
    },
  }
  await withWorker([task], async (metrics) => {
    await db.transaction(null, (tx) => enqueue(tx, task.name, {}, { maxAttempts: 2 }))
    await until(() => runs.length === 1)
    const waiting = async () => (await queueDepth(workerDb.anonymous)).scheduled === 1
    await until(waiting)
    assert.deepEqual(await deadJobs(workerDb.anonymous), [])
    await owner.query('UPDATE graphile_worker._private_jobs SET run_at = now()') // spares the test the back-off

    await until(async () => (await deadJobs(workerDb.anonymous)).length === 1)
    const dead: DeadJob[] = await deadJobs(workerDb.anonymous)
    assert.deepEqual(
      dead.map(({ task: name, attempts, last_error }) => ({ name, attempts, last_error })),
      [{ name: task.name, attempts: 2, last_error: 'the other side is away' }],
    )
    assert.match(await metrics(), /job_queue_depth\{state="dead"\} 1/)
    assert.match(await metrics(), /outcome="failed"\} 2/)
    fails = false
    assert.equal(await reviveJobs(workerDb.anonymous, [dead[0]!.id]), 1)
    await until(() => runs.length === 3)
    await until(async () => (await deadJobs(workerDb.anonymous)).length === 0)
  })
})

test('a schedule is accepted and known to the queue', async () => {
  const task: Task = { name: 'test.sweep_nightly.v1', schedule: '0 3 * * *', run: async () => {} }
  await withWorker([task], async () => {
    const known = () =>
      owner.query(
        "SELECT FROM graphile_worker._private_known_crontabs WHERE identifier = 'test.sweep_nightly.v1'",
      )
    await until(async () => (await known()).rowCount === 1)
  })
})

test('of two processes only one runs a loop at a time, and a failure does not end it', async () => {
  let inside = 0
  let most = 0
  let runs = 0
  const loop: Loop = {
    name: 'test.fold',
    async run(tx) {
      most = Math.max(most, ++inside)
      await sql`SELECT pg_sleep(0.3)`.execute(tx)
      inside--
      if (++runs === 1) throw new Error('once')
    },
  }
  await withWorker([], () => withWorker([], () => until(() => runs >= 3), [loop]), [loop])
  assert.equal(most, 1)
})

test('the worker survives the loss of every connection, however long the database stays away', async () => {
  const got: unknown[] = []
  const task: Task = { name: 'test.outlive_restart.v1', run: async (payload) => void got.push(payload.id) }
  await withWorker([task], async () => {
    await db.transaction(null, (tx) => enqueue(tx, task.name, { id: 'before' }))
    await until(() => got.length === 1)
    const letIn = await cutOff()
    await sleep(1500)
    await letIn()
    await retried(() => db.transaction(null, (tx) => enqueue(tx, task.name, { id: 'after' })))
    await until(() => got.length === 2, 20_000)
    assert.deepEqual(got, ['before', 'after'])
  })
})

test('jobs of a worker that died are freed, those of a living one are not', async () => {
  const hold = Promise.withResolvers<void>()
  const task: Task = { name: 'test.take_long.v1', run: () => hold.promise }
  await withWorker([task], async () => {
    await db.transaction(null, (tx) => enqueue(tx, task.name, {}))
    await until(async () => (await queueDepth(workerDb.anonymous)).running === 1)
    await owner.query("UPDATE graphile_worker._private_jobs SET locked_at = now() - interval '2 minutes'")
    await owner.query(`INSERT INTO graphile_worker._private_jobs (task_id, locked_at, locked_by, attempts)
      SELECT task_id, locked_at, 'worker-that-died', 1 FROM graphile_worker._private_jobs`)
    await freeAbandonedJobs(workerDb.anonymous)
    const { rows } = await owner.query('SELECT locked_by FROM graphile_worker._private_jobs ORDER BY id')
    assert.equal(rows.filter((row) => row.locked_by === 'worker-that-died').length, 0)
    assert.match(rows[0].locked_by, /^(pool|worker)-/)
    await owner.query('DELETE FROM graphile_worker._private_jobs WHERE attempts = 1 AND locked_by IS NULL')
    hold.resolve()
    await until(async () => (await queueDepth(workerDb.anonymous)).running === 0)
  })
})

test('stopping waits for the job that is running', async () => {
  let finished = false
  let begun = false
  const task: Task = {
    name: 'test.finish_first.v1',
    async run() {
      begun = true
      await sleep(400)
      finished = true
    },
  }
  await withWorker([task], async () => {
    await db.transaction(null, (tx) => enqueue(tx, task.name, {}))
    await until(() => begun)
  })
  assert.equal(finished, true)
})

test('the app may add jobs and see nothing of the queue', async () => {
  for (const statement of [
    'SELECT * FROM graphile_worker.jobs',
    'DELETE FROM graphile_worker._private_jobs',
    "SELECT graphile_worker.add_job('test.sneak_in.v1')",
  ]) {
    await assert.rejects(
      sql.raw(statement).execute(db.anonymous),
      /permission denied for schema graphile_worker/,
    )
  }
})

test('a name that breaks the convention, or is taken, stops the start', async () => {
  const run = async () => {}
  const start = (...names: string[]) =>
    withWorker(
      names.map((name) => ({ name, run })),
      async () => {},
    )
  await assert.rejects(start('sendMail'), /sendMail is no task name/)
  await assert.rejects(start('a.b_c.v1', 'a.b_c.v1'), /two tasks are called a.b_c.v1/)
})

/** As a restart looks from here: connections end, and new ones are refused until the returned function is called. */
async function cutOff(): Promise<() => Promise<void>> {
  const client = await owner.connect()
  await workerDb.transaction(null, async (tx) => {
    await sql`SELECT 1`.execute(tx) // connects while that is still allowed
    await client.query(`ALTER DATABASE ${database.name} CONNECTION LIMIT 0`)
    await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE usename = current_user AND datname = current_database() AND pid <> pg_backend_pid()`.execute(tx)
  })
  return async () => {
    await client.query(`ALTER DATABASE ${database.name} CONNECTION LIMIT -1`)
    client.release()
  }
}

async function retried(work: () => Promise<void>): Promise<void> {
  await work().catch(async () => {
    await sleep(300)
    await work()
  })
}
