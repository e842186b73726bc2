import {
  type ConnectionProvider,
  DefaultQueryExecutor,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely'
import type pg from 'pg'
import type { DB } from './schema.ts'
import { Session, type SessionOptions } from './session.ts'
import type { Db } from './types.ts'

const adapter = new PostgresAdapter()
const compiler = new PostgresQueryCompiler()
/** Kysely's own way to open connections and transactions is left unplugged: `Database` does both. */
const driver = new DummyDriver()
const dialect = {
  createAdapter: () => adapter,
  createDriver: () => driver,
  createQueryCompiler: () => compiler,
  createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
}

/** Each statement on whichever connection of the pool is free. */
export function overPool(pool: pg.Pool, options: SessionOptions): Db {
  const provider: ConnectionProvider = {
    async provideConnection(use) {
      const client = await pool.connect()
      try {
        return await use(new Session(client, options))
      } finally {
        client.release()
      }
    },
  }
  return build(provider, options)
}

/** Every statement on one session, sent at once: Kysely's own provider would wait for each answer. */
export function overSession(session: Session, options: SessionOptions): Db {
  return build({ provideConnection: (use) => use(session) }, options)
}

function build(provider: ConnectionProvider, { auditing }: SessionOptions): Db {
  const executor = new DefaultQueryExecutor(compiler, adapter, provider)
  return Object.assign(new Kysely<DB>({ config: { dialect }, dialect, driver, executor }), { auditing })
}
