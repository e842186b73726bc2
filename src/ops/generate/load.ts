import type pg from 'pg'
import type { Progress } from '../progress.ts'
import { type Definition, forget, isPending, prove, putBack, takeOff, undo } from './catalogue.ts'
import { openLanes } from './lanes.ts'
import { oldestPartition } from './rows/notices.ts'
import { openSession } from './session.ts'
import { TABLES } from './tables.ts'
import type { World } from './world.ts'
import { writeTables } from './writers.ts'

const THREADS = 2
const LANES = 2
const NAMES = TABLES.map(({ name }) => name)

export type Timing = { readonly phase: string; readonly seconds: number }

/** Empties what a load that was cut short left behind and puts the indexes and keys back. Returns whether there was any. */
export async function recover(ownerUrl: string): Promise<boolean> {
  return withSession(ownerUrl, async (owner) => {
    const pending = await isPending(owner)
    if (pending) await undo(owner, NAMES)
    return pending
  })
}

/** The first table that has a row already. */
export async function firstFilled(ownerUrl: string): Promise<string | null> {
  return withSession(ownerUrl, async (owner) => {
    for (const name of ['users', ...NAMES]) {
      const { rowCount } = await owner.query(`SELECT FROM ${name} LIMIT 1`)
      if (rowCount === 1) return name
    }
    return null
  })
}

/**
 * Writes the world into an empty database: everything that a row would have to pass is taken off, the rows are copied
 * in, then indexes are built once, foreign keys proven, statistics gathered, counters compared with the truth. Whatever
 * fails, the database is left empty and whole; after a kill the next run sees to it (see `recover`).
 */
export async function load(ownerUrl: string, world: World, progress: Progress): Promise<Timing[]> {
  const sessions = await Promise.all(Array.from({ length: LANES }, () => openSession(ownerUrl)))
  const [owner] = sessions as [pg.Client]
  const watch = stopwatch()
  try {
    progress.phase('preparing')
    await owner.query('SELECT FROM ensure_partitions($1::date)', [isoDay(oldestPartition(world))])
    const definitions = await takeOff(owner, NAMES)
    watch.lap('indexes and keys off')
    await writeAndIndex({ ownerUrl, world, sessions, definitions, progress })
    watch.lap('rows and indexes')
    await proveAndCount({ sessions, definitions, progress })
    watch.lap('foreign keys, statistics, counters')
    await forget(owner, definitions)
    return watch.laps
  } catch (error) {
    progress.phase('failed: emptying the tables again')
    await recover(ownerUrl)
    throw error
  } finally {
    await Promise.all(sessions.map((session) => session.end()))
  }
}

type Work = {
  readonly sessions: readonly pg.Client[]
  readonly definitions: readonly Definition[]
  readonly progress: Progress
}

/** A table's indexes are built as soon as it is full, while the next ones are written. */
async function writeAndIndex(work: Work & { ownerUrl: string; world: World }): Promise<void> {
  const { ownerUrl, world, sessions, definitions, progress } = work
  const lanes = openLanes(sessions)
  progress.phase('writing rows')
  await writeTables({ ownerUrl, world, threads: THREADS }, NAMES, {
    wrote: progress.advance,
    filled(table) {
      const own = definitions.filter(({ relation, kind }) => relation === table && kind !== 'foreign_key')
      lanes.add(async (owner) => {
        for (const one of own) await putBack(owner, one)
      })
    },
  })
  progress.phase('building indexes')
  await lanes.done()
}

async function proveAndCount({ sessions, definitions, progress }: Work): Promise<void> {
  progress.phase('proving foreign keys and counters')
  const foreign = definitions.filter(({ kind }) => kind === 'foreign_key')
  for (const one of foreign) await putBack(sessions[0]!, one)
  const lanes = openLanes(sessions)
  lanes.add(settleCounters)
  for (const table of new Set([...NAMES, ...foreign.map(({ relation }) => relation)])) {
    lanes.add(async (owner) => {
      for (const one of foreign.filter(({ relation }) => relation === table)) await prove(owner, one)
      await owner.query(`ANALYZE ${table}`)
    })
  }
  await lanes.done()
}

/** The rows were written with their counts; the database counts for itself. A counter that is newer than this code is filled here. */
async function settleCounters(owner: pg.Client): Promise<void> {
  const drift = async () => Number((await owner.query('SELECT count(*) FROM counter_drift()')).rows[0].count)
  if ((await drift()) === 0) return
  await owner.query('SELECT reconcile_counters()')
  await owner.query('SELECT fold_counters(1000000000)')
  const left = await drift()
  if (left > 0) throw new Error(`${left} counters differ from what they count`)
}

async function withSession<T>(ownerUrl: string, work: (owner: pg.Client) => Promise<T>): Promise<T> {
  const owner = await openSession(ownerUrl)
  try {
    return await work(owner)
  } finally {
    await owner.end()
  }
}

const isoDay = (ms: number) => new Date(ms).toISOString().slice(0, 10)

function stopwatch() {
  const laps: Timing[] = []
  let since = performance.now()
  return {
    laps,
    lap(phase: string) {
      const now = performance.now()
      laps.push({ phase, seconds: (now - since) / 1000 })
      since = now
    },
  }
}
