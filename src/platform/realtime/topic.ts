import { type Cache, CacheUnavailable } from '../cache/index.ts'

/**
 * What has changed, as ids: never what it says. `users`: something of theirs is new. `subjects`: so are the figures
 * of these things (`post:<id>`). `sessions`: what these may do, if anything. `streams`: these are to end, for newer ones.
 */
export type Hint = {
  readonly users?: readonly string[]
  /** Of everybody. */
  readonly all?: boolean
  readonly subjects?: readonly string[]
  readonly sessions?: readonly string[]
  readonly streams?: readonly string[]
}

const TOPIC = 'live'
/** A message of so many ids is 20 KB. */
const MOST_IDS = 500
const LISTS = ['users', 'subjects', 'sessions', 'streams'] as const

/**
 * After the commit: every process that holds streams looks again at what is hinted. Never rejects for a cache that is
 * away: whoever holds streams looks again by itself when it is back, and with every heartbeat.
 */
export async function publishLive(cache: Pick<Cache, 'publish'>, hint: Hint): Promise<void> {
  const messages = messagesOf(hint)
  try {
    await Promise.all(messages.map((message) => cache.publish(TOPIC, message)))
  } catch (error) {
    if (!(error instanceof CacheUnavailable)) throw error
  }
}

/** The one subscription of a process. `onGap`: hints may have been missed. */
export function subscribeLive(
  cache: Pick<Cache, 'subscribe'>,
  onHint: (hint: Hint) => void,
  onGap: () => void,
): Promise<() => Promise<void>> {
  return cache.subscribe(TOPIC, (message) => onHint(JSON.parse(message) as Hint), onGap)
}

function messagesOf(hint: Hint): string[] {
  const messages = hint.all === true ? [JSON.stringify({ all: true })] : []
  for (const list of LISTS) {
    const ids = hint[list] ?? []
    for (let from = 0; from < ids.length; from += MOST_IDS)
      messages.push(JSON.stringify({ [list]: ids.slice(from, from + MOST_IDS) }))
  }
  return messages
}
