import { randomUUID } from 'node:crypto'
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts'
import type { TestServer } from '../../src/testing/servers.ts'
import { type Attempt, attemptsOn, Prober, type Target } from './attempts.ts'
import type { Case } from './case.ts'
import { expectations } from './expectations.ts'
import { insertInto, type Values } from './sql.ts'
import { buildWorld, type World } from './world.ts'

export type Suite = {
  readonly database: TestDatabase
  readonly world: World
  readonly prober: Prober
  readonly attempts: readonly Attempt[]
  close(): Promise<void>
}

/** A database with the world in it, each case's row in place, and everything that is to be tried. */
export async function prepareSuite(server?: TestServer): Promise<Suite> {
  const database = await createTestDatabase(server)
  const { world, targets } = await fillWorld(database)
  const attempts: Attempt[] = targets.flatMap((target) => [...attemptsOn(target, randomUUID)])
  const prober = new Prober(database, world.people)
  await prober.connect()
  const close = async () => {
    await prober.end()
    await database.close()
  }
  return { database, world, prober, attempts, close }
}

/** The world with each case's row in place: a row in every table that knows people. */
export async function fillWorld(database: TestDatabase): Promise<{ world: World; targets: Target[] }> {
  const world = await buildWorld(database.owner)
  const keys = await primaryKeys(database)
  const targets: Target[] = []
  for (const each of expectations(world)) targets.push(await putRow(database, each, keys.get(each.table)))
  return { world, targets }
}

type Key = { readonly columns: readonly string[]; readonly generated: boolean }

async function primaryKeys(database: TestDatabase): Promise<Map<string, Key>> {
  const { rows } = await database.owner.query<{ name: string; columns: string; generated: string }>(`
    SELECT i.indrelid::regclass::text AS name, string_agg(a.attname, ' ') AS columns,
      (count(*) = 1 AND bool_and(a.atttypid = 'uuid'::regtype AND NOT EXISTS (
        SELECT FROM pg_constraint k WHERE k.contype = 'f' AND k.conrelid = a.attrelid AND k.conkey[1] = a.attnum)))::int AS generated
    FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
    WHERE i.indisprimary GROUP BY i.indrelid`)
  return new Map(
    rows.map(({ name, columns, generated }) => [
      name,
      { columns: columns.split(' '), generated: Number(generated) === 1 },
    ]),
  )
}

async function putRow(database: TestDatabase, each: Case, key: Key | undefined): Promise<Target> {
  if (!key) throw new Error(`${each.table} has no primary key`)
  const generated = key.generated ? key.columns[0] : undefined
  if (each.exists) return { ...each, key: each.row, ...(generated && { generated }) }
  const row: Values =
    generated && !(generated in each.row) ? { [generated]: randomUUID(), ...each.row } : each.row
  await database.owner.query(insertInto(each.table, row))
  const columns = key.columns.map((column) => [column, row[column]])
  return { ...each, key: Object.fromEntries(columns), ...(generated && { generated }) }
}
