import pg from 'pg'
import { connect, type Database } from '../../src/platform/db/index.ts'

/** What (b) sends statements through: no server, no session, no row security's actor, nothing but the driver. */
export type Bare = Pick<Database, 'text' | 'transaction' | 'close'>

type Options = { readonly url: string; readonly poolSize: number }

/** Named statements pipelined over as many plain connections as the server has, in turn. */
export async function bareReader({ url, poolSize }: Options): Promise<Bare> {
  const clients = Array.from(
    { length: poolSize },
    () => new pg.Client({ connectionString: url, pipeline: true }),
  )
  await Promise.all(clients.map((client) => client.connect()))
  let turn = 0
  return {
    async text({ name, text }, values) {
      const client = clients[turn++ % clients.length]!
      const { rows } = await client.query({
        name,
        text,
        values: [...values],
        rowMode: 'array',
        types: AS_TEXT,
      })
      return rows[0]?.[0] ?? null
    },
    transaction: () => Promise.reject(new Error('a reader opens no transaction')),
    async close() {
      await Promise.all(clients.map((client) => client.end()))
    },
  }
}

/** The layer's own transaction: its statements already travel together, and each is named. */
export function bareWriter({ url, poolSize }: Options): Bare {
  return connect({ url, poolSize, prepared: true, applicationName: 'bcn bench' })
}

const AS_TEXT = { getTypeParser: () => (value: string) => value }
