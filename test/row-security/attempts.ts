import pg from 'pg'
import type { TestDatabase } from '../../src/testing/database.ts'
import type { Case } from './case.ts'
import { ROLES, type Role, rolesIn } from './roles.ts'
import { insertInto, pairs, type Values } from './sql.ts'
import type { World } from './world.ts'

/** Something someone tries on a row, and what must come of it. */
export type Attempt = {
  readonly table: string
  readonly title: string
  readonly role: Role
  readonly command: 'select' | 'insert' | 'update' | 'delete'
  readonly statement: string
  readonly allowed: boolean
  /** A change of whatever one may change: it must not touch this row. */
  readonly untouched?: string
}

/** The case with the key of its row, which is there. */
export type Target = Case & { readonly key: Values; readonly generated?: string }

const COMMANDS = ['select', 'insert', 'update', 'delete'] as const

export function attemptsOn(target: Target, newId: () => string): Attempt[] {
  const all: Attempt[] = []
  for (const role of ROLES) {
    for (const command of COMMANDS) {
      const allowed = may(target, role, command)
      const row = `${target.table}${target.name ? ` (${target.name})` : ''}`
      const about = { table: target.table, role, command, allowed }
      const statement = statementOf(target, command, newId)
      all.push({ ...about, title: `${role} to ${command} ${row}`, statement })
      if (allowed || command === 'select' || command === 'insert') continue
      const untouched = `SELECT FROM ${target.table} WHERE ${pairs(target.key, ' AND ')} FOR UPDATE SKIP LOCKED`
      all.push({
        ...about,
        title: `${role} to ${command} all of ${row}`,
        statement: blind(target, command),
        untouched,
      })
    }
  }
  return [...all, ...triesOn(target, newId)]
}

function may(target: Case, role: Role, command: (typeof COMMANDS)[number]): boolean {
  if (role === 'app_worker') return (target.jobs ?? COMMANDS.join(' ')).split(' ').includes(command)
  return rolesIn(target[command]).has(role)
}

function statementOf(target: Target, command: (typeof COMMANDS)[number], newId: () => string): string {
  const { table, row, fresh, added, change } = target
  const where = `WHERE ${pairs(target.key, ' AND ')}`
  if (command === 'select') return `SELECT FROM ${table} ${where}`
  if (command === 'insert') return insertInto(table, withId(target, added ?? { ...row, ...fresh }, newId))
  if (command === 'update') return `UPDATE ${table} SET ${pairs(change, ', ')} ${where}`
  return `DELETE FROM ${table} ${where}`
}

function blind({ table, change }: Target, command: 'update' | 'delete'): string {
  return command === 'update' ? `UPDATE ${table} SET ${pairs(change, ', ')}` : `DELETE FROM ${table}`
}

function triesOn(target: Target, newId: () => string): Attempt[] {
  return (target.tries ?? []).map(({ by, why, insert, update }) => ({
    table: target.table,
    role: [...rolesIn(by)][0]!,
    title: `${by} to ${why} in ${target.table}`,
    command: insert ? 'insert' : 'update',
    allowed: false,
    statement: insert
      ? insertInto(target.table, withId(target, insert, newId))
      : `UPDATE ${target.table} SET ${pairs(update ?? {}, ', ')}`,
  }))
}

function withId({ generated }: Target, values: Values, newId: () => string): Values {
  return generated && !(generated in values) ? { [generated]: newId(), ...values } : values
}

/** Tries things one after the other as the app's own roles; nothing stays. */
export class Prober {
  readonly #owner: pg.Client
  readonly #app: pg.Client
  readonly #worker: pg.Client
  readonly #people: World['people']

  constructor(database: TestDatabase, people: World['people']) {
    this.#owner = new pg.Client({ connectionString: database.ownerUrl })
    this.#app = new pg.Client({ connectionString: database.appUrl })
    this.#worker = new pg.Client({ connectionString: database.workerUrl })
    this.#people = people
  }

  async connect(): Promise<void> {
    for (const client of [this.#owner, this.#app, this.#worker]) await client.connect()
  }

  async end(): Promise<void> {
    for (const client of [this.#owner, this.#app, this.#worker]) await client.end()
  }

  /** Whether it came true. Errors other than a refusal are a fault of the expectation and are thrown. */
  async isAllowed(attempt: Attempt): Promise<boolean> {
    const client = attempt.role === 'app_worker' ? this.#worker : this.#app
    try {
      const results = (await client.query(
        `BEGIN; ${this.#speakFor(attempt.role)} ${attempt.statement}`,
      )) as unknown as pg.QueryResult[]
      return attempt.untouched
        ? await this.#isTouched(attempt.untouched)
        : (results.at(-1)?.rowCount ?? 0) > 0
    } catch (error) {
      return passedRowSecurity(error, attempt)
    } finally {
      await client.query('ROLLBACK')
    }
  }

  #speakFor(role: Role): string {
    if (role === 'app_worker' || role === 'anonymous') return ''
    return `SELECT set_config('app.current_user_id', '${this.#people[role]}', true);`
  }

  /** A row that the open transaction has changed or removed is locked, whoever asks. */
  async #isTouched(untouched: string): Promise<boolean> {
    return (await this.#owner.query(untouched)).rowCount === 0
  }
}

/** A row that others refer to is past row security when only they hold it. */
function passedRowSecurity(error: unknown, attempt: Attempt): boolean {
  if (!(error instanceof pg.DatabaseError)) throw error
  if (error.code === '42501') return false
  if (error.code === '23503' && attempt.command === 'delete' && attempt.allowed) return true
  throw new Error(`${attempt.title}: ${error.message}\n${attempt.statement}`, { cause: error })
}
