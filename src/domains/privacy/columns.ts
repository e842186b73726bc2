import { type Decision, TABLES, type TableEntry } from './classification.ts'
import { EXPORTED } from './plan.ts'
import { STANDING } from './plan-standing.ts'

export type PlannedColumn = {
  readonly name: string
  readonly kind: string
  readonly shown: string
  /** Where it is in an export; null: it does not leave. */
  readonly exporter: string | null
  readonly eraser: string
  /** What is missing; null: nothing. */
  readonly gap: string | null
}

/** Every column of every table, with what exports and what erases it. */
export function columnsOfPlan(): PlannedColumn[] {
  const files = new Map(EXPORTED.map(({ table, columns }) => [table, new Set(columns)]))
  return TABLES.flatMap((entry) =>
    [...entry.columns].map(([column, { kind, shown }]) => {
      const exporter = files.get(entry.table)?.has(column) ? `data/${entry.table}.json` : null
      const eraser = eraserOf(entry, column)
      const gap = gapOf(kind, exporter, eraser)
      return { name: `${entry.table}.${column}`, kind, shown, exporter, eraser: eraser ?? 'nothing', gap }
    }),
  )
}

function gapOf(kind: string, exporter: string | null, eraser: string | undefined): string | null {
  if (kind === 'secret' && exporter !== null) return 'a secret would leave'
  if (kind === 'personal' && exporter === null) return 'personal and not exported'
  if ((kind === 'personal' || kind === 'secret') && eraser === undefined) return 'personal and not erased'
  return null
}

/** Undefined: nobody has said what becomes of it. */
function eraserOf({ table, owner, erasure }: TableEntry, column: string): string | undefined {
  const standing = STANDING[table]
  if (Object.values(standing?.clears ?? {}).some((cleared) => cleared.includes(column))) return 'emptied'
  if (standing?.stands.includes(column)) return 'stands, points to a tombstone'
  const decisions = new Set<Decision>(owner.flatMap((one) => erasure.get(one)?.decision ?? []))
  if (decisions.has('delete')) return 'deleted with its row'
  if (erasure.get(column)?.decision === 'detach') return 'detached'
  if (decisions.has('detach')) return 'stays without its author, or goes, as they choose'
  // Not the person's row: what it says of nobody stays.
  if (table === 'partners') return CONTACT.has(column) ? 'emptied' : 'nobody’s'
  if (owner.length === 0) return 'nobody’s'
  return standing || decisions.size > 0 ? unlessPersonal(table, column) : undefined
}

const CONTACT = new Set(['contact_email', 'contact_phone'])

/** What is public or the platform's own may stand without being named. */
function unlessPersonal(table: string, column: string): string | undefined {
  const kind = TABLES.find((one) => one.table === table)?.columns.get(column)?.kind
  return kind === 'public' || kind === 'internal' ? 'stands, says nothing of them' : undefined
}
