import type { Logger } from '../log.ts'
import { callListener } from './memory-topics.ts'
import { createRedisClient, type RedisClient } from './redis-connection.ts'

type Listener = (message: string) => void
type Regained = (() => void) | undefined

export type RedisTopics = {
  subscribe(channel: string, listener: Listener, onRegained?: Regained): Promise<() => Promise<void>>
  close(): void
}

/** Subscriptions on a connection of their own, made at the first one; they are renewed at each reconnection. */
export function createRedisTopics(url: string, log: Logger): RedisTopics {
  const channels = new Map<string, Map<Listener, Regained>>()
  let subscriber: RedisClient | undefined

  function connect(): RedisClient {
    const client = createRedisClient(url)
    // Failures are retried for ever, and the command connection reports them.
    client.on('error', () => undefined)
    client.on('ready', () => void Promise.all([...channels.keys()].map(listenAgain)))
    client.connect().catch(() => undefined)
    return client
  }

  function deliver(message: string, channel: string): void {
    for (const listener of channels.get(channel)?.keys() ?? []) callListener(listener, message, log)
  }

  async function listenAgain(channel: string): Promise<void> {
    if (!(await listen(channel))) return
    for (const regained of channels.get(channel)?.values() ?? [])
      if (regained !== undefined) callListener(regained, '', log)
  }

  /** A failure here means that the connection broke: its successor listens again. */
  async function listen(channel: string): Promise<boolean> {
    if (subscriber === undefined) return false
    return subscriber.subscribe(channel, deliver).then(
      () => true,
      () => false,
    )
  }

  async function leave(channel: string): Promise<void> {
    channels.delete(channel)
    if (subscriber?.isReady) await subscriber.unsubscribe(channel, deliver).catch(() => undefined)
  }

  return {
    async subscribe(channel, listener, onRegained) {
      // A function of its own for each subscription: the same listener may be given twice.
      const own: Listener = (message) => listener(message)
      const listeners = channels.get(channel) ?? new Map<Listener, Regained>()
      channels.set(channel, listeners.set(own, onRegained))
      subscriber ??= connect()
      if (subscriber.isReady) await listen(channel)
      return async () => {
        listeners.delete(own)
        if (listeners.size === 0 && channels.get(channel) === listeners) await leave(channel)
      }
    },

    close() {
      channels.clear()
      subscriber?.destroy()
    },
  }
}
