import pg from 'pg'
import { type Wire, WireQuery, type WireValue, wireValues } from './wire.ts'

/** A statement that travels ahead of another in the same flush. Named ones must be prepared already (`Prepare`). */
export type Ahead = { readonly name: string; readonly text: string; readonly values: readonly WireValue[] }

export const SET_ACTOR = {
  name: 'set_actor',
  text: `select set_config('app.current_user_id', $1, true)`,
}

type Settle<T> = { resolve(value: T): void; reject(error: Error): void }

/** Parses a named statement and runs nothing. */
export class Prepare extends WireQuery {
  constructor(name: string, text: string) {
    super({ name, text, queryMode: 'extended' })
    this.callback = ignore
  }

  override prepare(wire: Wire): void {
    wire.parse({ name: this.name, text: this.text })
    if (this.name) wire.submittedNamedStatements[this.name] = this.text
    wire.sync()
  }
}

/** Drops a prepared statement on both sides, so that its next use prepares it anew. */
export class Forget extends WireQuery {
  constructor(name: string) {
    super({ text: 'forget', queryMode: 'extended' })
    this.#statement = name
    this.callback = ignore
  }

  readonly #statement: string

  override prepare(wire: Wire): void {
    wire.close({ type: 'S', name: this.#statement })
    delete wire.parsedStatements[this.#statement]
    delete wire.submittedNamedStatements[this.#statement]
    wire.sync()
  }
}

/**
 * A prepared statement that the server no longer has, or whose result columns a migration changed. It did not run and
 * may be sent again once it is forgotten.
 */
export function isForgotten(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return false
  return error.code === '26000' || (error.code === '0A000' && error.routine === 'RevalidateCachedQuery')
}

/**
 * A transaction's first statement with BEGIN and the actor's setting ahead of it, under one Sync: when an earlier one
 * fails the server skips the rest, so the statement can never run outside its transaction or without its actor.
 */
export class Opening extends WireQuery {
  readonly #ahead: readonly Ahead[]
  readonly #prepared: boolean
  #unanswered: number

  constructor(
    ahead: readonly Ahead[],
    prepared: boolean,
    config: { name: string | undefined; text: string; values: WireValue[] },
  ) {
    super({ ...config, queryMode: 'extended' })
    this.#ahead = ahead
    this.#prepared = prepared
    this.#unanswered = ahead.length
  }

  override prepare(wire: Wire): void {
    for (const statement of this.#ahead) sendAhead(wire, statement, this.#prepared)
    super.prepare(wire)
  }

  override handleDataRow(message: { fields: (string | null)[] }): void {
    if (this.#unanswered === 0) super.handleDataRow(message)
  }

  override handleCommandComplete(message: unknown, wire: Wire): void {
    if (this.#unanswered === 0) super.handleCommandComplete(message, wire)
    else this.#unanswered--
  }
}

/**
 * Keeps the first column of the first row as the text PostgreSQL sent. It asks for no row description, which saves the
 * server and the parser a message on the hottest path.
 */
export class TextQuery extends WireQuery {
  readonly #ahead: Ahead | undefined
  readonly #prepared: boolean
  readonly #settle: Settle<string | null>
  readonly #arguments: readonly WireValue[]
  #answering: boolean
  #empty = true
  #value: string | null = null

  constructor(
    statement: { name: string | undefined; text: string },
    values: readonly unknown[],
    ahead: Ahead | undefined,
    settle: Settle<string | null>,
  ) {
    super({ name: statement.name, text: statement.text, queryMode: 'extended' })
    this.#prepared = statement.name !== undefined
    this.#arguments = wireValues(values)
    this.#ahead = ahead
    this.#answering = ahead === undefined
    this.#settle = settle
  }

  override prepare(wire: Wire): void {
    if (this.#ahead) sendAhead(wire, this.#ahead, this.#prepared)
    const name = this.name
    if (name === undefined || !isPrepared(wire, name)) {
      wire.parse({ name, text: this.text })
      if (name !== undefined) wire.submittedNamedStatements[name] = this.text
    }
    bindAndRun(wire, name, this.#arguments)
    wire.sync()
  }

  override handleDataRow(message: { fields: (string | null)[] }): void {
    if (!this.#answering || !this.#empty) return
    this.#value = message.fields[0] ?? null
    this.#empty = false
  }

  override handleCommandComplete(): void {
    this.#answering = true
  }

  override handleReadyForQuery(): void {
    this.#settle.resolve(this.#value)
  }

  override handleError(error: Error): void {
    this.#settle.reject(error)
  }
}

export function isPrepared(wire: Wire, name: string): boolean {
  return wire.parsedStatements[name] !== undefined || wire.submittedNamedStatements[name] !== undefined
}

function sendAhead(wire: Wire, statement: Ahead, prepared: boolean): void {
  if (!prepared) wire.parse({ text: statement.text })
  bindAndRun(wire, prepared ? statement.name : undefined, statement.values)
}

function bindAndRun(wire: Wire, statement: string | undefined, values: readonly WireValue[]): void {
  wire.bind({ statement, values })
  wire.execute(null)
}

function ignore(): void {}
