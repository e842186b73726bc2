import type { Kysely } from 'kysely'
import type { Actor } from '../actor.ts'
import type { DB } from './schema.ts'

/**
 * What a query function receives, pool and transaction alike. Only statements: a transaction is opened by
 * `Database.transaction` alone, so nesting one inside another does not type-check.
 */
export type Db = Pick<
  Kysely<DB>,
  | 'selectFrom'
  | 'selectNoFrom'
  | 'insertInto'
  | 'updateTable'
  | 'deleteFrom'
  | 'mergeInto'
  | 'with'
  | 'withRecursive'
  | 'case'
  | 'fn'
  | 'dynamic'
  | 'executeQuery'
  | 'getExecutor'
> & {
  /** What platform/audit signs rows with: handed on and not looked into here. */
  readonly auditing?: object | undefined
}

export type Isolation = 'read committed' | 'repeatable read' | 'serializable'

export type TransactionOptions = { readonly isolation?: Isolation; readonly readOnly?: boolean }

/** A hand-written statement. `name` says what it returns ('feed_page'); it is the prepared statement's name and the metrics label. */
export type Statement = { readonly name: string; readonly text: string }

export type Database = {
  /** Autocommit as the connection's role with no actor: sees public rows only. */
  readonly anonymous: Db
  /**
   * One transaction as the actor (`app.current_user_id`, local to it), committed when `work` resolves, rolled back when
   * it throws. Retried on serialization failure and deadlock, so `work` may run up to five times: it must touch nothing
   * but `tx`. Throws what the last attempt threw.
   */
  transaction<T>(actor: Actor | null, work: (tx: Db) => Promise<T>, options?: TransactionOptions): Promise<T>
  /**
   * One prepared statement outside any transaction, on a connection that carries many at once. Returns the first column
   * of the first row as PostgreSQL wrote it, or null. For hot JSON reads (P1, P2, P3, P5); a slow statement holds up
   * those behind it. Never retried.
   */
  text(statement: Statement, values: readonly unknown[]): Promise<string | null>
  /**
   * `text` as the actor, under row security, still in one round trip: the setting and the statement form one implicit
   * transaction that ends with the statement.
   */
  textAs(actor: Actor, statement: Statement, values: readonly unknown[]): Promise<string | null>
  /** Waits for what is in flight, then closes every connection. */
  close(): Promise<void>
  /** Rejects when the database does not answer a trivial statement. */
  ping(): Promise<void>
}

/** Connections at the moment of asking: `hotInFlight` counts statements sent by `text` and not yet answered. */
export type PoolGauges = { total: number; idle: number; waiting: number; hot: number; hotInFlight: number }

export type DatabaseMetrics = {
  /** After every statement; seconds include the wait in its connection's queue. */
  statement(name: string, seconds: number, ok: boolean): void
  /** Before a transaction is tried again; `code` is the SQLSTATE. */
  retry(code: string): void
  /** Once, by `connect`: `read` gives the gauges whenever they are wanted. `pool` is the application name. */
  pool(pool: string, read: () => PoolGauges): void
}

export type ConnectOptions = {
  readonly url: string
  /** The most connections opened at once (at least 2): a quarter for `text`, the rest for the pool. */
  readonly poolSize: number
  /** false behind a pooler without prepared statements (PgBouncer before 1.21, transaction mode). */
  readonly prepared: boolean
  readonly applicationName: string
  readonly metrics?: DatabaseMetrics
  /** For connections that write audit rows. */
  readonly auditing?: object
  /** Per connection; without prepared statements a pooler is assumed, and the role's own setting holds instead. */
  readonly statementTimeoutMs?: number
}
