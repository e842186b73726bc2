import { CacheUnavailable } from '../../platform/cache/index.ts'
import { publishLive } from '../../platform/realtime/index.ts'
import type { Services } from '../../platform/services.ts'
import { forgetMe } from './me-cache.ts'
import { sessionIdsOf } from './queries/standing.ts'

/**
 * After the commit that changed what people may do: from here on every process decides by the row, for the sessions they
 * hold and for those in which somebody acts for somebody else by their right. Looked up only now, so that none that was
 * opened meanwhile is missed. Should it fail, the row is asked within a minute anyway.
 */
export async function refreshPeople(services: Services, ...userIds: string[]): Promise<void> {
  const { db, cache, log } = services
  try {
    const ids = await sessionIdsOf(db.anonymous, userIds)
    await Promise.all([cache.deleteSession(...ids), forgetMe(services, ...userIds)])
    await publishLive(cache, { sessions: ids })
  } catch (error) {
    if (error instanceof CacheUnavailable) log.warn('roles changed while the cache was out of reach')
    else log.error({ error }, 'sessions could not be refreshed; they are within a minute')
  }
}
