import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { finished } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import { asSelf } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { ownOrigins } from '../../platform/audit/own-origins.ts'
import type { Database, Db } from '../../platform/db/index.ts'
import { publishFact } from '../../platform/facts/index.ts'
import { queueMessage } from '../../platform/messages/index.ts'
import type { Services } from '../../platform/services.ts'
import { openShippingAddress } from '../commerce/index.ts'
import { filesOfPerson } from '../content/index.ts'
import { openPhone } from '../identity/index.ts'
import { exportKey } from './export-files.ts'
import { exportPage, type Sample } from './export-page.ts'
import { dataExported } from './mail/data-exported.ts'
import { EXPORTED, type ExportedTable } from './plan.ts'
import { claimExport, finishExport, isExportLive, noteProgress } from './queries/exports.ts'
import { phoneCipherOf } from './queries/needles.ts'
import { type Holder, holderOf } from './queries/person.ts'
import { acquaintances, rowsOf } from './queries/rows.ts'

/** How long the file is kept. */
const KEPT_DAYS = 7
/** Rows of a table in the readable copy. */
const SAMPLED = 200
const NAMED_AT_ONCE = 1_000

/** Where building may be interrupted: tests do so at each. */
export type BuildStep = 'claimed' | 'packed' | 'stored' | 'finished'

export type BuildOptions = { readonly reached?: (step: BuildStep) => void }

/**
 * Packs everything that is kept of whoever asked: a JSON file a table, a page to read, their pictures. A crash leaves
 * nothing that the next try would not replace. Does nothing for what is over.
 */
export async function buildExport(
  services: Services,
  db: Database,
  exportId: string,
  { reached = () => {} }: BuildOptions = {},
): Promise<void> {
  const claimed = await db.transaction(null, (tx) => claimExport(tx, exportId, EXPORTED.length))
  if (!claimed) return
  const { user_id: userId } = claimed
  reached('claimed')
  const { file, rows, holder } = await pack(services, db, userId, (done, total) =>
    db.transaction(null, (tx) => noteProgress(tx, exportId, done, total)),
  )
  reached('packed')
  await services.storage.put(exportKey(userId, exportId), file, 'application/zip')
  reached('stored')
  const sha256 = createHash('sha256').update(file).digest()
  const built = { tables: EXPORTED.length, rows, size: file.length, sha256, days: KEPT_DAYS }
  const isWanted = await db.transaction(null, async (tx) => {
    if (await finishExport(tx, exportId, built)) await tellReady(services, tx, { exportId, holder, rows })
    return isExportLive(tx, exportId)
  })
  // Its person was erased meanwhile: what was packed must not outlive them.
  if (!isWanted) await services.storage.delete(exportKey(userId, exportId))
  reached('finished')
}

type Packed = { readonly file: Buffer; readonly rows: number; readonly holder: Holder }

/** One snapshot of the database, in one pass; what is packed goes on to be compressed while the next rows are read. */
function pack(
  services: Services,
  db: Database,
  userId: string,
  progress: (tables: number, rows: number) => Promise<void>,
): Promise<Packed> {
  const work = async (tx: Db): Promise<Packed> => {
    const zip = new ZipFile()
    zip.on('error', () => {}) // Whoever waits for the stream that failed is told.
    const packed = buffer(zip.outputStream as unknown as Readable)
    const holder = await holderOf(tx, userId)
    const samples: Sample[] = []
    const people = new Set<string>()
    let total = 0
    for (const table of EXPORTED) {
      const sample = await addTable(zip, tx, { table, userId, people, open: openedBy(services, table.table) })
      total += sample.rows
      samples.push(sample)
      if (sample.rows > 0) await progress(samples.length, total)
    }
    await addOpened(zip, services, tx, userId)
    people.delete(userId)
    const names = await namesOf(services, userId, [...people])
    addJson(zip, 'people', Object.fromEntries(names))
    const files = await addFiles(services, zip, tx, userId)
    const madeAt = services.clock.now().toISOString()
    const page = exportPage({
      language: holder.language,
      name: holder.full_name,
      madeAt,
      samples,
      names,
      files,
    })
    zip.addBuffer(Buffer.from(page), 'index.html')
    zip.end()
    return { file: await packed, rows: total, holder }
  }
  return db.transaction(null, work, { isolation: 'repeatable read', readOnly: true })
}

type Adding = {
  readonly table: ExportedTable
  readonly userId: string
  /** Whoever is named, for their names. */
  readonly people: Set<string>
  /** Opens what the database holds sealed. */
  readonly open: (row: string) => string
}

/** Written into the archive as it is read; resolves when the last row is. A table without rows gets no file. */
async function addTable(zip: ZipFile, tx: Db, { table, userId, people, open }: Adding): Promise<Sample> {
  const sample = { table: table.table, rows: 0, first: [] as Record<string, unknown>[] }
  const noted = (row: string) => {
    sample.rows++
    if (table.people.length === 0 && sample.first.length >= SAMPLED) return row
    const parsed = JSON.parse(row) as Record<string, unknown>
    if (sample.first.length < SAMPLED) sample.first.push(parsed)
    for (const column of table.people) people.add(String(parsed[column] ?? userId))
    return row
  }
  const lots = rowsOf(tx, table, userId)
  const head = await lots.next()
  if (head.done) return sample
  const stream = Readable.from(jsonFile(head.value, lots, (row) => noted(open(row))))
  zip.addReadStream(stream, `data/${table.table}.json`)
  await finished(stream)
  return sample
}

async function* jsonFile(
  head: readonly string[],
  rest: AsyncIterable<readonly string[]>,
  written: (row: string) => string,
): AsyncGenerator<string> {
  yield `[\n${head.map(written).join(',\n')}`
  for await (const lot of rest) yield `,\n${lot.map(written).join(',\n')}`
  yield '\n]\n'
}

function openedBy({ fields }: Services, table: string): (row: string) => string {
  if (table !== 'orders') return (row) => row
  return (row) => {
    const order = JSON.parse(row) as { order_id: string; shipping_address: unknown }
    const { order_id, shipping_address: sealed } = order
    if (typeof sealed !== 'string') return row
    return JSON.stringify({ ...order, shipping_address: openShippingAddress(fields, order_id, sealed) })
  }
}

/** What the database holds sealed: the whole number, and from where they did what the log tells of them. */
async function addOpened(zip: ZipFile, { fields }: Services, tx: Db, userId: string): Promise<void> {
  const cipher = await phoneCipherOf(tx, userId)
  if (cipher !== null) addJson(zip, 'phone', { phone_number: openPhone(fields, userId, cipher) })
  const origins = await ownOrigins(tx, userId)
  if (origins.length > 0) addJson(zip, 'audit_origins', origins)
}

function addJson(zip: ZipFile, name: string, value: unknown): void {
  zip.addBuffer(Buffer.from(JSON.stringify(value, null, 1)), `data/${name}.json`)
}

/** As the person sees them, and nobody else. */
async function namesOf(
  { db }: Services,
  userId: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const names = new Map<string, string>()
  for (let at = 0; at < ids.length; at += NAMED_AT_ONCE) {
    const some = ids.slice(at, at + NAMED_AT_ONCE)
    const found = await db.transaction(asSelf(userId), (tx) => acquaintances(tx, some), { readOnly: true })
    for (const { user_id, card } of found) names.set(user_id, card.full_name)
  }
  return names
}

/** A file that the storage has lost is left out; the row that names it is there. */
async function addFiles(services: Services, zip: ZipFile, tx: Db, userId: string): Promise<string[]> {
  const paths: string[] = []
  for (const { assetId, key } of await filesOfPerson(tx, userId)) {
    const stored = await services.storage.get(key)
    if (!stored) continue
    const path = `media/${assetId}/${key.slice(key.lastIndexOf('/') + 1)}`
    zip.addBuffer(await buffer(stored.body), path, { compress: false })
    paths.push(path)
  }
  return paths
}

type Ready = { readonly exportId: string; readonly holder: Holder; readonly rows: number }

async function tellReady(services: Services, tx: Db, { exportId, holder, rows }: Ready): Promise<void> {
  const { user_id: userId, email: recipient } = holder
  await queueMessage(tx, services, {
    template: dataExported,
    userId,
    recipient,
    params: { days: KEPT_DAYS },
    dedupeKey: `data_exported:${exportId}`,
  })
  const reference = { type: 'data_export', id: exportId }
  await publishFact(tx, { name: 'privacy.export_ready', actor: null, reference, recipients: [userId] })
  await audit(tx, {
    actor: null,
    action: 'privacy.export_built',
    entityType: 'data_export',
    entityId: exportId,
    retentionClass: 'security',
    metadata: { user_id: userId, rows },
  })
}
