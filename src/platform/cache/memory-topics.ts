import type { Logger } from '../log.ts'

type Listener = (message: string) => void

export type Topics = {
  publish(channel: string, message: string): void
  subscribe(channel: string, listener: Listener): () => Promise<void>
  clear(): void
}

/** Delivers after the publisher's turn, as a network would; a listener that throws is logged and harms nobody. */
export function createMemoryTopics(log: Logger): Topics {
  const channels = new Map<string, Set<Listener>>()

  function deliver(channel: string, message: string): void {
    for (const listener of channels.get(channel) ?? []) callListener(listener, message, log)
  }

  return {
    publish: (channel, message) => void setImmediate(deliver, channel, message),

    subscribe(channel, listener) {
      // A function of its own for each subscription: the same listener may be given twice.
      const own: Listener = (message) => listener(message)
      const listeners = channels.get(channel) ?? new Set()
      channels.set(channel, listeners.add(own))
      return async () => {
        listeners.delete(own)
        if (listeners.size === 0 && channels.get(channel) === listeners) channels.delete(channel)
      }
    },

    clear: () => channels.clear(),
  }
}

export function callListener(listener: Listener, message: string, log: Logger): void {
  try {
    listener(message)
  } catch (error) {
    log.error({ error }, 'a subscriber failed')
  }
}
