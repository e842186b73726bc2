import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import pg from 'pg'

/** A table of the specification's section 6, in the words of its SQL. */
export type SpecifiedTable = {
  readonly columns: Readonly<Record<string, string>>
  readonly primary_key: string
  readonly checks: Readonly<Record<string, string>>
  readonly foreign_keys: Readonly<Record<string, string>>
  readonly uniques: readonly string[]
  readonly indexes: readonly string[]
}
export type Specification = Readonly<Record<string, SpecifiedTable>>

export function readSpecification(): Specification {
  const files = globSync('*.json', { cwd: import.meta.dirname }).sort()
  const chapters = files.map((file) =>
    JSON.parse(readFileSync(join(import.meta.dirname, basename(file)), 'utf8')),
  )
  return Object.assign({}, ...chapters)
}

/**
 * Builds the specified objects in an empty database, so that PostgreSQL itself puts both sides into the same words.
 * Returns the statements that it refuses (R1, R3): they cannot stand anywhere.
 */
export async function buildSpecified(
  owner: pg.Pool,
  specification: Specification,
): Promise<Map<string, string>> {
  const refused = new Map<string, string>()
  const tables = Object.entries(specification)
  for (const [name, table] of tables) await owner.query(createTable(name, table))
  for (const [name, table] of tables) {
    for (const [column, target] of Object.entries(table.foreign_keys)) {
      await owner.query(`ALTER TABLE ${name} ADD FOREIGN KEY (${column}) REFERENCES ${target}`)
    }
    for (const index of table.indexes) {
      const refusal = await refusalOf(owner, `CREATE INDEX ${index}`)
      if (refusal) refused.set(`index ${index.split(' ', 1)[0]}`, refusal)
    }
  }
  return refused
}

function createTable(name: string, table: SpecifiedTable): string {
  const lines = [
    ...Object.entries(table.columns).map(([column, rest]) => `${column} ${rest}`),
    `PRIMARY KEY (${table.primary_key})`,
    ...table.uniques.map((columns) => `UNIQUE (${columns})`),
    ...Object.entries(table.checks).map(([check, expression]) => `CONSTRAINT ${check} CHECK (${expression})`),
  ]
  return `CREATE TABLE ${name} (${lines.join(', ')})`
}

async function refusalOf(owner: pg.Pool, statement: string): Promise<string | undefined> {
  try {
    await owner.query(statement)
    return undefined
  } catch (error) {
    if (error instanceof pg.DatabaseError) return error.message
    throw error
  }
}
