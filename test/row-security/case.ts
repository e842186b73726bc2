import type { Values } from './sql.ts'

/** One kind of personal row, and who may do what to it. Words as in `rolesIn`; whoever is not named must be refused. */
export type Case = {
  readonly table: string
  /** What tells this row from the table's other cases. */
  readonly name?: string
  /** The row that everyone tries to read, change and remove; its key is added. Made by the owner before the suite. */
  readonly row: Values
  /** The row was made with the world: `row` is its key. */
  readonly exists?: true
  /** The row that everyone tries to add; without it, `row` with these in place. */
  readonly fresh?: Values
  readonly added?: Values
  readonly change: Values
  readonly select: string
  readonly insert: string
  readonly update: string
  readonly delete: string
  /** What app_worker may do; everything unless it says less. */
  readonly jobs?: string
  /** What those who may otherwise write must not: take another's name, decide in one's own favour. */
  readonly tries?: readonly Try[]
}

export type Try = {
  readonly by: string
  readonly why: string
  readonly insert?: Values
  /** Tried without a WHERE: a change that names no column needs no right to read. */
  readonly update?: Values
}
