import { once } from 'node:events'
import { parentPort, workerData } from 'node:worker_threads'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { CopyRows } from './copy-rows.ts'
import { openSession } from './session.ts'
import type { Part, Rows } from './table.ts'
import { TABLES } from './tables.ts'
import type { World } from './world.ts'

/** What the main thread sends: the name of a table to fill, or null to end. */
export type Order = string | null
export type News =
  | { readonly kind: 'wrote'; readonly rows: number }
  | { readonly kind: 'filled'; readonly table: string }
  | { readonly kind: 'failed'; readonly table: string; readonly reason: string }

const port = parentPort!
const { ownerUrl, world } = workerData as { ownerUrl: string; world: World }
const owner = await openSession(ownerUrl)

port.on('message', async (table: Order) => {
  if (table === null) {
    port.close()
    await owner.end()
    return
  }
  try {
    await fill(table)
    tell({ kind: 'filled', table })
  } catch (error) {
    tell({ kind: 'failed', table, reason: error instanceof Error ? error.message : String(error) })
  }
})

/** In one transaction that also empties the relation, so that the rows may be written frozen: no vacuum has to visit them. */
async function fill(name: string): Promise<void> {
  const table = TABLES.find((one) => one.name === name)!
  const rows = table.open(world)
  await owner.query('BEGIN')
  try {
    for (const part of rows.parts ?? [{ relation: name, from: 0, to: rows.count }]) await copy(part, rows)
    await owner.query('COMMIT')
  } catch (error) {
    await owner.query('ROLLBACK').catch(() => null)
    throw error
  }
}

async function copy({ relation, from, to }: Part, { fields }: Rows): Promise<void> {
  const quoted = pg.escapeIdentifier(relation)
  const columns = Object.keys(fields).map((column) => pg.escapeIdentifier(column))
  await owner.query(`TRUNCATE ${quoted}`)
  const stream = owner.query(
    copyFrom(`COPY ${quoted} (${columns.join(', ')}) FROM STDIN (FORMAT binary, FREEZE)`),
  )
  const finished = once(stream, 'finish')
  finished.catch(() => {})
  const writers = Object.values(fields)
  const rows = new CopyRows()
  let told = from
  for (let index = from; index < to; index++) {
    rows.row(writers.length)
    for (const write of writers) write(rows, index)
    if (!rows.isFull) continue
    if (!stream.write(rows.take())) await Promise.race([once(stream, 'drain'), finished])
    tell({ kind: 'wrote', rows: index + 1 - told })
    told = index + 1
  }
  rows.end()
  stream.end(rows.take())
  await finished
  tell({ kind: 'wrote', rows: to - told })
}

function tell(news: News): void {
  port.postMessage(news)
}
