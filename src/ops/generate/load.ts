import type pg from 'pg'
import { type Progress, showProgress } from '../progress.ts'
import { type Definition, forget, isPending, prove, putBack, takeOff, undo } from './catalogue.ts'
import { openLanes } from './lanes.ts'
import { oldestPartition } from './rows/notices.ts'
import { openSession } from './session.ts'
import { TABLES } from './tables.ts'
import type { World } from './world.ts'
import { writeTables } from './writers.ts'

/** A thread takes half a second to start: one will do for few rows. */
const threadsFor = (world: World) => (world.people.count < 5_000 ? 1 : 2)
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
export async function load(ownerUrl: string, world: World, counts: RowCounts): Promise<Timing[]> {
  const sessions = await Promise.all(Array.from({ length: LANES }, () => openSession(ownerUrl)))
  const [owner] = sessions as [pg.Client]
  const watch = stopwatch()
  try {
    await owner.query('SELECT FROM ensure_partitions($1::date)', [isoDay(oldestPartition(world))])
    const definitions = await takeOff(owner, NAMES)
    watch.lap('indexes and keys off')
    await fillAndSettle({ ownerUrl, world, counts, sessions, definitions }, watch.lap)
    await forget(owner, definitions)
    return watch.laps
  } catch (error) {
    await recover(ownerUrl)
    throw error
  } finally {
    await Promise.all(sessions.map((session) => session.end()))
  }
}

async function fillAndSettle(load: Omit<Work, 'progress'>, lap: (phase: string) => void): Promise<void> {
  const progress = showProgress({ work: workOf(load.counts, load.definitions), unit: 'rows' })
  try {
    await writeAndIndex({ ...load, progress })
    lap('rows and indexes')
    await proveAndCount({ ...load, progress })
    lap('foreign keys, statistics, counters')
  } finally {
    progress.end()
  }
}

/** Rows by table. */
export type RowCounts = ReadonlyMap<string, number>

type Work = {
  readonly ownerUrl: string
  readonly world: World
  readonly counts: RowCounts
  readonly sessions: readonly pg.Client[]
  readonly definitions: readonly Definition[]
  readonly progress: Progress
}

/** To put a row into one index, or to prove its keys, takes about that much of the time of writing it. */
const SHARE_OF_WRITING = 0.4

function workOf(counts: RowCounts, definitions: readonly Definition[]): number {
  const rows = [...counts.values()].reduce((sum, count) => sum + count, 0)
  const indexing = NAMES.reduce((sum, name) => sum + indexWork(counts, ofTable(definitions, name)), 0)
  return rows + indexing + rows * SHARE_OF_WRITING
}

const indexWork = (counts: RowCounts, own: readonly Definition[]) =>
  own.reduce((sum, { relation }) => sum + (counts.get(relation) ?? 0) * SHARE_OF_WRITING, 0)

const ofTable = (definitions: readonly Definition[], table: string) =>
  definitions.filter(({ relation, kind }) => relation === table && kind !== 'foreign_key')

/** A table's indexes are built as soon as it is full, while the next ones are written. */
async function writeAndIndex({
  ownerUrl,
  world,
  counts,
  sessions,
  definitions,
  progress,
}: Work): Promise<void> {
  const lanes = openLanes(sessions)
  progress.phase('writing rows')
  await writeTables({ ownerUrl, world, threads: threadsFor(world) }, NAMES, {
    wrote: (rows) => progress.advance(rows, rows),
    filled(table) {
      lanes.add(async (owner) => {
        for (const one of ofTable(definitions, table)) {
          await putBack(owner, one)
          progress.advance(indexWork(counts, [one]))
        }
      })
    },
  }).catch(async (error: unknown) => {
    await lanes.done().catch(() => {})
    throw error
  })
  progress.phase('building indexes')
  await lanes.done()
}

async function proveAndCount({ counts, sessions, definitions, progress }: Work): Promise<void> {
  progress.phase('proving foreign keys and counters')
  const foreign = definitions.filter(({ kind }) => kind === 'foreign_key')
  for (const one of foreign) await putBack(sessions[0]!, one)
  const lanes = openLanes(sessions)
  lanes.add(settleCounters)
  for (const table of new Set([...NAMES, ...foreign.map(({ relation }) => relation)])) {
    lanes.add(async (owner) => {
      for (const one of foreign.filter(({ relation }) => relation === table)) await prove(owner, one)
      await owner.query(`ANALYZE ${table}`)
      progress.advance((counts.get(table) ?? 0) * SHARE_OF_WRITING)
    })
  }
  await lanes.done()
}

/** The rows were written with their counts; the database counts for itself. A counter that is newer than this code is filled here. */
async function settleCounters(owner: pg.Client): Promise<void> {
  await owner.query('SELECT renumber_notifications()')
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
