import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import type { CachedEntry } from '../../platform/cache/index.ts'
import type { Database } from '../../platform/db/index.ts'
import type { Storage } from '../../platform/storage/index.ts'
import type { Needle, Needles } from './needles.ts'
import { rowsWith, type TextTable, textTables } from './queries/scan.ts'

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
    if (file) findings.push(...found(`storage object ${key}`, await buffer(file.body), needles))
  }
  for await (const file of filesBelow(hay.logs)) {
    seen.files++
    findings.push(...found(`log ${file}`, await readFile(file), needles))
  }
  for await (const { key, value } of hay.cache ?? []) {
    seen.entries++
    findings.push(...found(`cache ${key}`, Buffer.from(`${key}\n${value}`), needles))
  }
  return { findings, columns: tables.reduce((sum, { columns }) => sum + columns.length, 0), ...seen }
}

/** One look for all needles; only where there is something, one for each. */
async function inTable(database: Database, table: TextTable, needles: readonly Needle[]): Promise<Finding[]> {
  const look = (columns: readonly string[], texts: readonly Needle[]) =>
    database.transaction(null, (tx) => rowsWith(tx, { ...table, columns }, texts.flatMap(patternsOf)), {
      readOnly: true,
    })
  const counts = await look(table.columns, needles)
  const columns = table.columns.filter((_, at) => counts[at]! > 0)
  if (columns.length === 0) return []
  const findings: Finding[] = []
  for (const needle of needles) {
    const each = await look(columns, [needle])
    for (const [at, count] of each.entries()) {
      const place = `${table.table.replace(/^public\./, '')}.${columns[at]}`
      if (count > 0) findings.push({ place, what: needle.what, count })
    }
  }
  return findings
}

/** As it is, and as JSON writes it. */
function formsOf({ text }: Needle): string[] {
  const folded = text.toLowerCase()
  return [...new Set([folded, JSON.stringify(folded).slice(1, -1)])]
}

function patternsOf(needle: Needle): string[] {
  return formsOf(needle).map((form) => `%${form.replace(/[\\%_]/g, '\\$&')}%`)
}

function found(place: string, bytes: Buffer, needles: readonly Needle[]): Finding[] {
  const text = bytes.toString('utf8').toLowerCase()
  return needles.flatMap((needle): Finding[] => {
    const count = formsOf(needle).reduce((sum, form) => sum + text.split(form).length - 1, 0)
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
