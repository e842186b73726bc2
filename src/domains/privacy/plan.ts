import { type Decision, TABLES, type TableEntry } from './classification.ts'
import { STANDING } from './plan-standing.ts'

/** How a table's rows are found that are somebody's. */
export type FoundBy =
  | { readonly how: 'column'; readonly columns: readonly string[] }
  | { readonly how: 'order' }
  | { readonly how: 'address'; readonly column: string }

export type ExportedTable = {
  readonly table: string
  readonly columns: readonly string[]
  readonly foundBy: FoundBy
  /** Columns that name a person: in a readable copy their names stand there. */
  readonly people: readonly string[]
}

/** One statement of an erasure. */
export type Step = {
  readonly table: string
  readonly column: string
  readonly decision: Exclude<Decision, 'keep'>
  /** What a scrub empties. */
  readonly clears: readonly string[]
}

/** Rows that are found in another way than by their owner's columns. */
const FOUND_BY: Readonly<Record<string, FoundBy>> = {
  // Who is blocked or muted is not told so, also not by their own export.
  user_blocks: { how: 'column', columns: ['blocker_id'] },
  user_mutes: { how: 'column', columns: ['muter_id'] },
  order_items: { how: 'order' },
  partner_invitations: { how: 'address', column: 'email' },
  // The contact of an organisation is a person, though the organisation is nobody's.
  partners: { how: 'column', columns: ['primary_contact_user_id'] },
}

/** What somebody may want to stay when they go, and what becomes of it as they choose: see queries/writing.ts. */
export const WRITING = ['posts', 'comments', 'projects', 'program_reviews'] as const

const WRITTEN_BY: Readonly<Record<(typeof WRITING)[number], string>> = {
  posts: 'author_id',
  comments: 'author_id',
  projects: 'submitted_by',
  program_reviews: 'user_id',
}

/** Erased by statements of their own, after the plan's: the person's row, and an address that names nobody. */
const APART = new Set(['users.user_id', 'partner_invitations.email', 'order_items.order_id'])

/** Gone with the row that they hang on. */
const WITH_PARENT = new Set(['coach_application_notes.application_id'])

/** What is personal leaves with its person, and so does what is shown to them anyway; a secret never does. */
export function isExported({ kind, shown }: { kind: string; shown: string }): boolean {
  if (kind === 'personal') return true
  return kind !== 'secret' && shown !== 'none' && shown !== 'staff'
}

/** Every table that an export reads, in the order of their names. */
export const EXPORTED: readonly ExportedTable[] = TABLES.flatMap((entry): ExportedTable[] => {
  const foundBy = foundByOf(entry)
  if (!foundBy) return []
  const columns = [...entry.columns].flatMap(([column, words]) =>
    isExported(words) && (entry.owner.length > 0 || words.kind === 'personal') ? [column] : [],
  )
  const people = columns.filter((column) => entry.erasure.has(column) && column !== 'email')
  return columns.length > 0 ? [{ table: entry.table, columns, foundBy, people }] : []
})

function foundByOf({ table, owner }: TableEntry): FoundBy | undefined {
  const named = FOUND_BY[table]
  if (named) return named
  return owner.length > 0 && !owner.includes('application_id') ? { how: 'column', columns: owner } : undefined
}

/**
 * Every statement of an erasure but those that stand apart. First rows let go of the person, then the person's own rows go,
 * last come those that stand: nothing then refers to what has gone.
 */
export const STEPS: readonly Step[] = (['detach', 'delete', 'scrub'] as const).flatMap((decision) =>
  TABLES.flatMap((entry) =>
    [...entry.erasure].flatMap(([column, decided]): Step[] => {
      const { table } = entry
      const at = `${table}.${column}`
      if (decided.decision !== decision || APART.has(at) || WITH_PARENT.has(at) || isWriting(table, column))
        return []
      return [{ table, column, decision, clears: STANDING[table]?.clears[column] ?? [] }]
    }),
  ),
)

/** What keeps the person's row as a tombstone: money, enrolments, certificates, what others hold tickets for. */
export const HOLDS: readonly { readonly table: string; readonly column: string }[] = TABLES.filter(
  ({ table }) => !['users', 'audit_logs', 'erasures', 'order_items'].includes(table),
).flatMap(({ table, erasure }) =>
  [...erasure].flatMap(([column, { decision }]) =>
    decision === 'scrub' || decision === 'keep' ? [{ table, column }] : [],
  ),
)

function isWriting(table: string, column: string): boolean {
  return Object.entries(WRITTEN_BY).some(([name, author]) => name === table && author === column)
}
