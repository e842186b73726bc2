/**
 * A column that holds what the field cipher made. Every one is in the list of `ops keys`, so that a key which is taken off
 * the ring is needed by nothing; a test holds the list against db/classification.json.
 */
export type SealedColumn = {
  readonly table: string
  /** Its primary key, a UUID: the order in which it is walked. */
  readonly key: string
  readonly column: string
  /** bytea; base64url in a text column; or the same as the string that a JSONB column holds. */
  readonly form: 'bytes' | 'text' | 'json'
  /** The column that tells a value's place, and the context made of it: as whoever seals and opens it does. */
  readonly place: string
  context(place: never): string
  /** Its blind index, kept in two columns so that the index key can change too (R19). */
  readonly index?: { readonly kind: string; readonly column: string; readonly next: string }
}

/** The sealed columns of one table, which are walked together. */
export type SealedTable = {
  readonly table: string
  readonly key: string
  readonly columns: readonly SealedColumn[]
}

export function sealedTables(columns: readonly SealedColumn[]): SealedTable[] {
  const byTable = Map.groupBy(columns, ({ table }) => table)
  return [...byTable].map(([table, own]) => ({ table, key: own[0]!.key, columns: own }))
}
