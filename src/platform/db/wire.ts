import pg from 'pg'

/** What pg's client hands to a query that writes itself: the protocol's messages (pg 8.23, `pg/lib/connection.js`). */
export type Wire = {
  readonly parsedStatements: Record<string, string>
  readonly submittedNamedStatements: Record<string, string>
  readonly stream: { cork(): void; uncork(): void; destroy(): void }
  parse(message: { text: string; name?: string | undefined }): void
  bind(message: { statement?: string | undefined; values: readonly WireValue[] }): void
  execute(message: null): void
  close(message: { type: 'S'; name: string }): void
  sync(): void
}

type QueryConfig = {
  name?: string | undefined
  text: string
  values?: unknown[]
  queryMode?: 'extended'
}

type WireQuery = {
  readonly name: string | undefined
  readonly text: string
  readonly values: unknown[] | undefined
  callback: ((error: Error | null, result: pg.QueryResult) => void) | undefined
  prepare(wire: Wire): void
  handleRowDescription(message: unknown): void
  handleDataRow(message: { fields: (string | null)[] }): void
  handleCommandComplete(message: unknown, wire: Wire): void
  handleReadyForQuery(wire: Wire): void
  handleError(error: Error, wire: Wire): void
}

/**
 * pg's Query with the half that its type package leaves out. pg pipelines only instances of this class, and extending it
 * is how a statement chooses its own messages; `database.test.ts` fails if a new pg changes them.
 */
export const WireQuery = pg.Query as unknown as new (config: QueryConfig) => WireQuery & pg.Submittable

/** The protocol side of a client, untyped in pg's type package. */
export function wireOf(client: pg.ClientBase): Wire {
  return (client as unknown as { connection: Wire }).connection
}

/** A value as the protocol carries it: text, bytes or null. */
export type WireValue = string | Buffer | null

/**
 * Objects become JSON, arrays PostgreSQL's literals, dates text. Called before a statement's first byte is sent: a value
 * that cannot be written must not leave half a statement on a connection that others share.
 */
export function wireValues(values: readonly unknown[]): WireValue[] {
  if (values.length > MOST_PARAMETERS)
    throw new RangeError(`${values.length} parameters: PostgreSQL takes ${MOST_PARAMETERS}`)
  return values.map(wireValue)
}

const MOST_PARAMETERS = 65_535

const { prepareValue } = (pg as unknown as { utils: { prepareValue(value: unknown): WireValue } }).utils

function wireValue(value: unknown): WireValue {
  return typeof value === 'string' ? value : prepareValue(value)
}
