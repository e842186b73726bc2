import type { Actor } from '../../platform/actor.ts'
import { unauthenticated } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { meKey } from '../identity/index.ts'
import { ME } from './queries.ts'

/** §9.6, L2. Whatever changes it calls `forgetMe`; a folded counter does too. */
const FRESH_SECONDS = 3600

/** P1 as JSON text. 401 for someone who is no longer active. */
export function readMe({ db, cache, clock }: Services, actor: Actor): Promise<string> {
  const ttl = (me: string) => Math.min(FRESH_SECONDS, secondsOfRoles(me, clock.now()))
  return cache.wrap(meKey(actor.userId), { ttl }, async () => {
    const me = await db.text(ME, [actor.userId])
    if (me === null) throw unauthenticated()
    return me
  })
}

/** Until a role begins or ends: nobody calls `forgetMe` then. */
function secondsOfRoles(me: string, now: Date): number {
  const { roles_change_at }: { roles_change_at: string | null } = JSON.parse(me)
  return roles_change_at === null ? Infinity : (Date.parse(roles_change_at) - now.getTime()) / 1000
}
