import type { Actor } from '../../platform/actor.ts'
import { unauthenticated } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { meKey } from '../identity/index.ts'
import { ME } from './queries.ts'

/** §9.6, L2. Whatever changes it calls `forgetMe`; a folded counter does too. */
const FRESH = { ttl: 3600 }

/** P1 as JSON text. 401 for someone who is no longer active. */
export function readMe({ db, cache }: Services, actor: Actor): Promise<string> {
  return cache.wrap(meKey(actor.userId), FRESH, async () => {
    const me = await db.text(ME, [actor.userId])
    if (me === null) throw unauthenticated()
    return me
  })
}
