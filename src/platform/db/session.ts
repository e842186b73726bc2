import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'
import type pg from 'pg'
import { type Ahead, Forget, isForgotten, isPrepared, Opening, Prepare } from './pipeline.ts'
import { statementName } from './statement-names.ts'
import type { DatabaseMetrics } from './types.ts'
import { type WireValue, wireOf, wireValues } from './wire.ts'

export type SessionOptions = {
  readonly prepared: boolean
  readonly metrics: DatabaseMetrics | undefined
  readonly auditing: object | undefined
}

type NamedStatement = { name: string | undefined; text: string; values: WireValue[] }

/** Runs Kysely's compiled statements on one client, by name, in the order they are asked, without waiting in between. */
export class Session implements DatabaseConnection {
  readonly #client: pg.ClientBase
  readonly #options: SessionOptions
  #ahead: readonly Ahead[]
  readonly #inTransaction: boolean
  #over = false

  /** `ahead` travels in one flush with the first statement (BEGIN, the actor); nothing is sent before that. */
  constructor(client: pg.ClientBase, options: SessionOptions, ahead: readonly Ahead[] = []) {
    this.#client = client
    this.#options = options
    this.#ahead = ahead
    this.#inTransaction = ahead.length > 0
  }

  async executeQuery<R>(compiled: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#over) throw new Error('the transaction is over: a statement was not awaited inside it')
    const name = statementName(compiled.sql)
    const started = performance.now()
    let ok = false
    try {
      const result = await this.#send<R>(
        name.named && this.#options.prepared ? name.label : undefined,
        compiled,
      )
      ok = true
      return result
    } finally {
      this.#options.metrics?.statement(name.label, (performance.now() - started) / 1000, ok)
    }
  }

  // biome-ignore lint/correctness/useYield: the interface asks for a generator; this one only refuses.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streaming needs a connection of its own: pipelined connections have no cursors')
  }

  /** Refuses further statements. Returns whether the session began anything on the server. */
  finish(): { began: boolean } {
    this.#over = true
    return { began: this.#ahead.length === 0 }
  }

  async #send<R>(name: string | undefined, compiled: CompiledQuery): Promise<QueryResult<R>> {
    const statement = { name, text: compiled.sql, values: wireValues(compiled.parameters) }
    const result = await this.#run(statement)
    return {
      rows: result.rows as R[],
      ...(changesRows(result.command) && { numAffectedRows: BigInt(result.rowCount ?? 0) }),
    }
  }

  async #run(statement: NamedStatement): Promise<pg.QueryResult> {
    try {
      return await (this.#ahead.length > 0 ? this.#open(statement) : this.#client.query(statement))
    } catch (error) {
      if (!statement.name || !isForgotten(error)) throw error
      this.#client.query(new Forget(statement.name))
      // A transaction is lost with its statement, and starts again as a whole.
      if (this.#inTransaction) throw error
      return this.#client.query(statement)
    }
  }

  #open(statement: NamedStatement): Promise<pg.QueryResult> {
    const ahead = this.#ahead
    this.#ahead = []
    const wire = wireOf(this.#client)
    return new Promise((resolve, reject) => {
      const opening = new Opening(ahead, this.#options.prepared, statement)
      opening.callback = (error, result) => (error ? reject(error) : resolve(result))
      wire.stream.cork()
      if (this.#options.prepared) {
        for (const { name, text } of ahead) {
          if (!isPrepared(wire, name)) this.#client.query(new Prepare(name, text))
        }
      }
      this.#client.query(opening)
      wire.stream.uncork()
    })
  }
}

function changesRows(command: string | null): boolean {
  return command === 'INSERT' || command === 'UPDATE' || command === 'DELETE' || command === 'MERGE'
}
