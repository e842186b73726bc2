import pg from 'pg'
import { columnTypes } from './column-types.ts'
import type { ConnectOptions } from './types.ts'

/** How long a caller waits for a free or a new connection before it is told that the database is out of reach. */
const CONNECT_TIMEOUT_MS = 5_000
const HOT_STATEMENT_MS = 5_000
const HOT_LOCK_MS = 500

/** Configuration of every connection of ours: pipelined, UTC, with our own column types. */
function clientConfig(options: ConnectOptions): pg.ClientConfig {
  return {
    connectionString: options.url,
    application_name: options.applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    pipeline: true,
    types: columnTypes,
    ...(options.prepared && { options: sessionSettings(options) }),
  }
}

/**
 * For connections that many statements share: one that waits for a lock (a reader meets only a migration's) or runs long is
 * ended early, because all behind it wait too. Their statements are written for a plan that is made once (P5's takes
 * 3 ms), so none is ever planned for its values.
 */
export function hotClientConfig(options: ConnectOptions): pg.ClientConfig {
  const { statementTimeoutMs = HOT_STATEMENT_MS } = options
  const config = clientConfig({
    ...options,
    statementTimeoutMs: Math.min(statementTimeoutMs || HOT_STATEMENT_MS, HOT_STATEMENT_MS),
  })
  return config.options === undefined
    ? config
    : {
        ...config,
        options: `${config.options} -c lock_timeout=${HOT_LOCK_MS} -c plan_cache_mode=force_generic_plan`,
      }
}

/** A pool whose connections may break at any moment without taking the process with them. */
export function createPool(options: ConnectOptions, size: number): pg.Pool {
  const pool = new pg.Pool({ ...clientConfig(options), max: size, idleTimeoutMillis: 60_000 })
  // A broken connection is reported by the statement that meets it; without a listener Node would end the process.
  pool.on('error', ignore)
  pool.on('connect', (client) => client.on('error', ignore))
  return pool
}

/** Poolers refuse start-up settings; behind them the role's own settings (db/roles.sql) hold. */
function sessionSettings(options: ConnectOptions): string {
  const timeout = options.statementTimeoutMs
  return [
    '-c TimeZone=UTC',
    '-c DateStyle=ISO',
    '-c jit=off',
    ...(timeout === undefined ? [] : [`-c statement_timeout=${timeout}`]),
  ].join(' ')
}

function ignore(): void {}
