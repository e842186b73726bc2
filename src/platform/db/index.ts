import { hotLines } from './hot-lines.ts'
import { overPool } from './kysely.ts'
import { createPool, hotClientConfig } from './pool.ts'
import { runTransaction } from './transaction.ts'
import type { ConnectOptions, Database, DatabaseMetrics, Statement } from './types.ts'

export { jsonPage, type PageSize, pageSize } from './json-page.ts'
export type {
  ConnectOptions,
  Database,
  DatabaseMetrics,
  Db,
  Isolation,
  PoolGauges,
  Statement,
  TransactionOptions,
} from './types.ts'
export { isUnreachable } from './unreachable.ts'

/** Opens nothing until it is used: a database that is down shows in the first statement or in `ping`. */
export function connect(options: ConnectOptions): Database {
  const hotCount = Math.max(1, Math.floor(options.poolSize / 4))
  const pool = createPool(options, Math.max(1, options.poolSize - hotCount))
  const hot = hotLines(hotClientConfig(options), hotCount)
  const session = { prepared: options.prepared, metrics: options.metrics, auditing: options.auditing }
  const preparedName = (statement: Statement) => (options.prepared ? statement.name : undefined)

  options.metrics?.pool(options.applicationName, () => ({
    total: pool.totalCount,
    idle: pool.idleCount,
    waiting: pool.waitingCount,
    ...hot.gauges(),
  }))

  return {
    anonymous: overPool(pool, session),
    transaction: (actor, work, transactionOptions) =>
      runTransaction(pool, session, actor, work, transactionOptions),
    text: (statement, values) =>
      timed(options.metrics, statement, hot.run(preparedName(statement), statement.text, values)),
    textAs: (actor, statement, values) =>
      timed(
        options.metrics,
        statement,
        hot.run(preparedName(statement), statement.text, values, actor.userId),
      ),
    async ping() {
      await pool.query('select 1')
    },
    async close() {
      await Promise.all([pool.end(), hot.close()])
    },
  }
}

async function timed<T>(
  metrics: DatabaseMetrics | undefined,
  statement: Statement,
  answer: Promise<T>,
): Promise<T> {
  if (!metrics) return answer
  const started = performance.now()
  let ok = false
  try {
    const value = await answer
    ok = true
    return value
  } finally {
    metrics.statement(statement.name, (performance.now() - started) / 1000, ok)
  }
}
