import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { createClient, ErrorReply } from '@redis/client'
import type { Logger } from '../log.ts'
import { CacheUnavailable } from './cache.ts'

export type RedisClient = ReturnType<typeof createRedisClient>

export type RedisConnection = {
  /** Rejects with CacheUnavailable after 250 ms without an answer, and at once while the server is out of reach. */
  run<T>(command: (client: RedisClient) => Promise<T>): Promise<T>
  /** An invalidation was lost: nothing runs until a new generation has voided what was cached. */
  distrust(): void
  close(): Promise<void>
}

export const GENERATION_LENGTH = 12
const ANSWER_MS = 250
const PROBE_MS = 100
const MAX_RECONNECT_MS = 1000

/**
 * One connection that serves nothing before it has written a fresh generation: commands of one connection run in
 * order, so whatever follows is judged under the new one. No offline queue, reconnects for ever.
 */
export function connectRedis(url: string, generationKey: string, log: Logger): RedisConnection {
  const client = createRedisClient(url)
  const first = Promise.withResolvers<void>()
  let tried = false
  let open = false
  let closed = false
  let distrusted = false
  let attempts = 0

  client.on('ready', () => void regain(true))
  client.on('error', (error: Error) => {
    if (open || !tried) log.warn({ error }, 'the cache is out of reach')
    settle(false)
  })
  // A rejection here means that it was closed while connecting; failures to connect are retried and arrive as 'error'.
  client.connect().catch(() => settle(false))

  function settle(reached: boolean): void {
    open = reached
    tried = true
    first.resolve()
  }

  /** Opens the gate once the server answers, having renewed the generation if anything may be stale. */
  async function regain(renew: boolean): Promise<void> {
    const attempt = ++attempts
    open = false
    distrusted ||= renew
    while (attempt === attempts && !closed) {
      try {
        await (distrusted ? renewGeneration() : client.ping())
        if (attempt === attempts && !distrusted) return settle(true)
      } catch {
        await delay(PROBE_MS, undefined, { ref: false })
      }
    }
  }

  /** A loss that happens while the new generation is on its way may be older than it: then it is renewed again. */
  async function renewGeneration(): Promise<void> {
    distrusted = false
    try {
      await client.set(generationKey, randomBytes(9).toString('base64url'))
    } catch (error) {
      distrusted = true
      throw error
    }
  }

  function answered<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const late = () => {
        // An answer may lie unread in the socket when it was this process that stood still.
        setImmediate(() => {
          if (settled) return
          if (open) void regain(false)
          reject(new CacheUnavailable(new Error(`no answer within ${ANSWER_MS} ms`)))
        })
      }
      let settled = false
      const timer = setTimeout(late, ANSWER_MS)
      const settle = () => {
        settled = true
        clearTimeout(timer)
      }
      answer.then(
        (value) => {
          settle()
          resolve(value)
        },
        (error: unknown) => {
          settle()
          reject(isMisuse(error) ? error : new CacheUnavailable(error))
        },
      )
    })
  }

  return {
    async run(command) {
      if (!tried) await Promise.race([first.promise, delay(ANSWER_MS, undefined, { ref: false })])
      if (!open) throw new CacheUnavailable()
      return answered(command(client))
    },

    distrust() {
      distrusted = true
      if (open) void regain(true)
    },

    async close() {
      closed = true
      settle(false)
      client.destroy()
    },
  }
}

/** A ping every two seconds keeps an idle socket alive; five seconds of silence mean that the other end is gone. */
export function createRedisClient(url: string) {
  return createClient({
    url,
    disableOfflineQueue: true,
    pingInterval: 2000,
    socket: {
      connectTimeout: 1000,
      socketTimeout: 5000,
      reconnectStrategy: (retries) => Math.min(25 * 2 ** retries, MAX_RECONNECT_MS) + Math.random() * 50,
    },
  })
}

/** Our own mistake, to be seen as such: everything else that Redis refuses (loading, read-only, full) is an outage. */
function isMisuse(error: unknown): boolean {
  return (
    error instanceof ErrorReply &&
    /^(WRONGTYPE|ERR (syntax|value|wrong|Error|user_script))/.test(error.message)
  )
}
