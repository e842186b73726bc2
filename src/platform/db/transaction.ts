import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Actor } from '../actor.ts'
import { overSession } from './kysely.ts'
import { type Ahead, isForgotten, SET_ACTOR } from './pipeline.ts'
import { Session, type SessionOptions } from './session.ts'
import type { Db, TransactionOptions } from './types.ts'

const MOST_ATTEMPTS = 5
const FIRST_BACKOFF_MS = 5

type Work<T> = (tx: Db) => Promise<T>

/** See `Database.transaction`. Serialization failures and deadlocks are tried again after 5, 10, 20, 40 ms, each ± 50 %. */
export async function runTransaction<T>(
  pool: pg.Pool,
  session: SessionOptions,
  actor: Actor | null,
  work: Work<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const ahead = opening(actor, options)
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptOnce(pool, session, ahead, work)
    } catch (error) {
      const code = retryCode(error)
      if (code === undefined || attempt === MOST_ATTEMPTS) throw error
      session.metrics?.retry(code)
      await delay(FIRST_BACKOFF_MS * 2 ** (attempt - 1) * (0.5 + Math.random()))
    }
  }
}

async function attemptOnce<T>(
  pool: pg.Pool,
  options: SessionOptions,
  ahead: readonly Ahead[],
  work: Work<T>,
): Promise<T> {
  const client = await pool.connect()
  const session = new Session(client, options, ahead)
  try {
    const result = await runOrUndo(client, session, () => work(overSession(session, options)))
    await commit(client, session)
    return result
  } finally {
    // Not idle means broken or half finished: the pool then closes the connection instead of lending it again.
    client.release(client.getTransactionStatus() !== 'I')
  }
}

async function runOrUndo<T>(client: pg.PoolClient, session: Session, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    // A ROLLBACK that fails is on a broken connection, which `release` closes; the first error is the one to tell.
    if (session.finish().began) await client.query('ROLLBACK').catch(() => null)
    throw error
  }
}

async function commit(client: pg.PoolClient, session: Session): Promise<void> {
  if (!session.finish().began) return
  const { command } = await client.query('COMMIT')
  if (command === 'ROLLBACK') {
    throw new Error('the transaction was rolled back: a statement in it failed and its error was caught')
  }
}

function opening(actor: Actor | null, options: TransactionOptions): readonly Ahead[] {
  const isolation = options.isolation ?? 'read committed'
  const access = options.readOnly ? ' read only' : ''
  const begin = {
    name: `begin_${isolation}${access}`.replaceAll(' ', '_'),
    text: `begin isolation level ${isolation}${access}`,
    values: [],
  }
  return actor ? [begin, { ...SET_ACTOR, values: [actor.userId] }] : [begin]
}

function retryCode(error: unknown): string | undefined {
  if (!(error instanceof pg.DatabaseError)) return undefined
  const retried = error.code === '40001' || error.code === '40P01' || isForgotten(error)
  return retried ? error.code : undefined
}
