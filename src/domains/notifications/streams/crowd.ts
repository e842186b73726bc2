import { CacheUnavailable } from '../../../platform/cache/index.ts'
import { publishLive } from '../../../platform/realtime/index.ts'
import type { Services } from '../../../platform/services.ts'
import type { ViewerStream } from './viewer.ts'

/**
 * How many streams one person may have, on all processes together. A browser uses one for all its tabs: this is a phone, a
 * tablet and computers. The newest stay, because the oldest are likely those of connections that died without a word.
 */
export const MOST_STREAMS = 6

const LISTED_SECONDS = 86_400
/** Beyond the most: who came at the same time on other processes. */
const MARGIN = 20

type Parts = Pick<Services, 'cache' | 'log' | 'clock'>

/**
 * Notes a stream in its person's list, which all processes share, and has the oldest ended that are too many. Beside the
 * stream, which does not wait for it; without a cache each process holds the limit by itself. One that a killed process
 * left in the list is as good as ended when newer ones push it out.
 */
export async function joinCrowd({ cache, log, clock }: Parts, stream: ViewerStream): Promise<void> {
  const key = keyOf(stream.owner)
  try {
    await cache.zadd(key, stream.state.id, clock.now().getTime(), LISTED_SECONDS)
    const newest = await cache.ztop(key, MOST_STREAMS + MARGIN)
    const tooMany = newest.slice(MOST_STREAMS)
    if (tooMany.length === 0) return
    await Promise.all(tooMany.map((id) => cache.zremove(key, id)))
    await publishLive(cache, { streams: tooMany })
  } catch (error) {
    if (!(error instanceof CacheUnavailable)) log.error({ err: error }, 'a stream could not be counted')
  }
}

export async function leaveCrowd({ cache, log }: Parts, stream: ViewerStream): Promise<void> {
  await cache.zremove(keyOf(stream.owner), stream.state.id).catch((error: unknown) => {
    if (!(error instanceof CacheUnavailable)) log.error({ err: error }, 'a stream could not be counted')
  })
}

function keyOf(userId: string): string {
  return `streams:${userId}`
}
