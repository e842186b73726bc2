import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import type { CachedEntry } from '../../platform/cache/index.ts'
import type { Database } from '../../platform/db/index.ts'
import type { Storage } from '../../platform/storage/index.ts'
import { DISGUISES, disguised, formsOf } from './needle-forms.ts'
import type { Needle, Needles } from './needles.ts'
import { rowsWith, type Sought, type TextColumn, type TextTable, textTables } from './queries/scan.ts'
import { filesInZip, isZip } from './zip-files.ts'

/** Where something was found: `users.email`, `storage object media/…`, `log app.log`, `cache user:profile:…`. */
export type Finding = { readonly place: string; readonly what: string; readonly count: number }

export type Haystack = {
  readonly database: Database
  readonly storage: Storage
  /** Files and folders with logs in them. */
  readonly logs: readonly string[]
  /** Null: the cache is in a process that nobody can look into from here, and goes with it. */
  readonly cache: AsyncIterable<CachedEntry> | null
}

export type Scanned = {
  readonly findings: readonly Finding[]
  readonly columns: number
  readonly objects: number
  readonly files: number
  readonly entries: number
}

/** Looks for what tells of somebody in every place that could hold it. As the owner, past row security. */
export async function scan(hay: Haystack, { user_id, needles }: Needles): Promise<Scanned> {
  const findings: Finding[] = []
  const tables = await hay.database.transaction(null, textTables, { readOnly: true })
  for (const table of tables) findings.push(...(await inTable(hay.database, table, needles)))
  const seen = { objects: 0, files: 0, entries: 0 }
  for await (const key of hay.storage.list('')) {
    seen.objects++
    if (key.startsWith(`exports/${user_id}/`))
      findings.push({ place: `storage key ${key}`, what: 'export', count: 1 })
    findings.push(...found(`storage key ${key}`, Buffer.from(key), needles))
    const file = await hay.storage.get(key)
    if (file) findings.push(...inFile(`storage object ${key}`, await buffer(file.body), needles))
  }
  for await (const file of filesBelow(hay.logs)) {
    seen.files++
    findings.push(...inFile(`log ${file}`, await readFile(file), needles))
  }
  for await (const { key, value } of hay.cache ?? []) {
    seen.entries++
    findings.push(...found(`cache ${key}`, Buffer.from(`${key}\n${value}`), needles))
  }
  return { findings, columns: tables.reduce((sum, { columns }) => sum + columns.length, 0), ...seen }
}

/** One look for all needles; only where there is something, one for each. */
async function inTable(database: Database, table: TextTable, needles: readonly Needle[]): Promise<Finding[]> {
  const look = (columns: readonly TextColumn[], texts: readonly Needle[]) =>
    database.transaction(null, (tx) => rowsWith(tx, { ...table, columns }, soughtOf(texts)), {
      readOnly: true,
    })
  const counts = await look(table.columns, needles)
  const columns = table.columns.filter((_, at) => counts[at]! > 0)
  if (columns.length === 0) return []
  const findings: Finding[] = []
  for (const needle of needles) {
    const each = await look(columns, [needle])
    for (const [at, count] of each.entries()) {
      const place = `${table.table.replace(/^public\./, '')}.${columns[at]!.name}`
      if (count > 0) findings.push({ place, what: needle.what, count })
    }
  }
  return findings
}

function soughtOf(needles: readonly Needle[]): Sought {
  const holding = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`
  return {
    patterns: needles.flatMap(({ text }) => formsOf(text)).map(holding),
    hints: DISGUISES.map(holding),
    expressions: needles.map(({ text }) => disguised(text)),
  }
}

/** In a file; in an archive in each file that it holds. What cannot be opened is no proof, and so a finding. */
function inFile(place: string, bytes: Buffer, needles: readonly Needle[]): Finding[] {
  const findings = found(place, bytes, needles)
  if (!isZip(bytes)) return findings
  try {
    for (const [name, file] of filesInZip(bytes))
      findings.push(...found(`${place} ${name}`, Buffer.concat([Buffer.from(`${name}\n`), file]), needles))
  } catch {
    findings.push({ place, what: 'an archive that does not open', count: 1 })
  }
  return findings
}

function found(place: string, bytes: Buffer, needles: readonly Needle[]): Finding[] {
  const text = bytes.toString('utf8').toLowerCase()
  const isDisguised = DISGUISES.some((hint) => text.includes(hint))
  return needles.flatMap((needle): Finding[] => {
    const plain = formsOf(needle.text).reduce((sum, form) => sum + text.split(form).length - 1, 0)
    const closer = isDisguised ? (text.match(new RegExp(disguised(needle.text), 'g'))?.length ?? 0) : 0
    const count = Math.max(plain, closer)
    return count > 0 ? [{ place, what: needle.what, count }] : []
  })
}

async function* filesBelow(paths: readonly string[]): AsyncIterable<string> {
  for (const path of paths) {
    if (!(await stat(path)).isDirectory()) yield path
    else {
      const names = await readdir(path)
      yield* filesBelow(names.map((name) => join(path, name)))
    }
  }
}
