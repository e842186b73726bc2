import { sql } from 'kysely'
import type { Db } from '../platform/db/index.ts'
import { OperatorError } from '../platform/errors.ts'
import { ensurePartitions, FEWEST_MONTHS, monthsAhead } from '../platform/upkeep/index.ts'
import { asOwner } from './as-owner.ts'
import type { OpsCommand, OpsContext } from './index.ts'

export const partitionsCommand: OpsCommand = {
  summary: 'make the partitions of the coming six months (dry run: what is there, what is missing)',
  run: (context) =>
    asOwner(context, async (database) => {
      if (context.yes) await make(await database.transaction(null, ensurePartitions), context)
      else await show(await missingPartitions(database.anonymous), context)
      await tellMonths(await monthsAhead(database.anonymous), context)
    }),
}

async function make(made: readonly string[], { print }: OpsContext): Promise<void> {
  for (const name of made) print(`made ${name}`)
  if (made.length === 0) print('nothing to do')
}

async function show(missing: readonly string[], { print }: OpsContext): Promise<void> {
  for (const name of missing) print(`missing ${name}`)
  print(missing.length === 0 ? 'nothing to do' : 'nothing was changed; add --yes to make them')
}

async function tellMonths(
  tables: Awaited<ReturnType<typeof monthsAhead>>,
  { print }: OpsContext,
): Promise<void> {
  for (const { parent, months } of tables) print(`  ${parent.padEnd(24)} ${months} months ahead`)
  const short = tables.filter(({ months }) => months < FEWEST_MONTHS).map(({ parent }) => parent)
  if (short.length > 0)
    throw new OperatorError(`fewer than ${FEWEST_MONTHS} months ahead: ${short.join(', ')}`)
}

/** What ensure_partitions() would make, without its locks. */
async function missingPartitions(db: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT t.parent || to_char(month, '_YYYY_MM') AS name
    FROM partitioned_tables t,
      generate_series(date_trunc('month', now() AT TIME ZONE 'UTC'),
        date_trunc('month', now() AT TIME ZONE 'UTC') + interval '6 months', interval '1 month') AS month
    WHERE to_regclass(quote_ident(t.parent || to_char(month, '_YYYY_MM'))) IS NULL
    ORDER BY 1`.execute(db)
  return rows.map(({ name }) => name)
}
