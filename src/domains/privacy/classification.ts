import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Decision = 'delete' | 'scrub' | 'keep' | 'detach'
export type Class = 'public' | 'internal' | 'personal' | 'secret'

export type TableEntry = {
  readonly table: string
  /** The columns that say whose row it is. */
  readonly owner: readonly string[]
  readonly retention: string
  /** Column → what erasing the person in it does to the row, and why. */
  readonly erasure: ReadonlyMap<string, { readonly decision: Decision; readonly reason: string }>
  readonly columns: ReadonlyMap<string, { readonly kind: Class; readonly shown: string }>
}

type Written = {
  readonly owner?: readonly string[]
  readonly retention?: string
  readonly erasure?: Readonly<Record<string, string>>
  readonly columns: Readonly<Record<string, string>>
}

const FILE = join(import.meta.dirname, '../../../db/classification.json')

/** Every table of db/classification.json, views left out, in the order of their names. */
export const TABLES: readonly TableEntry[] = Object.entries(
  JSON.parse(readFileSync(FILE, 'utf8')) as Readonly<Record<string, Written>>,
)
  .filter(([, { owner }]) => owner !== undefined)
  .map(([table, { owner = [], retention = '', erasure = {}, columns }]) => ({
    table,
    owner,
    retention,
    erasure: new Map(Object.entries(erasure).map(([column, words]) => [column, decided(words)])),
    columns: new Map(Object.entries(columns).map(([column, words]) => [column, classed(words)])),
  }))

function decided(words: string): { decision: Decision; reason: string } {
  const colon = words.indexOf(': ')
  return { decision: words.slice(0, colon) as Decision, reason: words.slice(colon + 2) }
}

function classed(words: string): { kind: Class; shown: string } {
  const [kind, shown = ''] = words.split(' ')
  return { kind: kind as Class, shown }
}
