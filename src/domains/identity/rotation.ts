import type { Actor } from '../../platform/actor.ts'
import type { Db } from '../../platform/db/index.ts'
import type { Services } from '../../platform/services.ts'
import { forgetMe } from './me-cache.ts'
import { deleteSessions, replaceSession } from './queries/sessions.ts'
import { type Device, forgetSessions, type OpenedSession, openSession, type SessionKind } from './sessions.ts'

/** Where the actor holds their session, for the one that takes its place. */
export type Holder = { readonly device: Device; readonly kind: SessionKind }

/**
 * Does `work` as the actor and puts a session in the place of theirs, in one transaction: after a proof, or a change of
 * what a session may do, a token that was seen before is worth nothing. `others: 'end'` signs every other device out.
 */
export async function withNewSession<T>(
  services: Services,
  actor: Actor,
  { device, kind, others }: Holder & { readonly others: 'end' | 'stay' },
  work: (tx: Db) => Promise<T>,
): Promise<{ result: T; session: OpenedSession }> {
  const { userId, sessionId } = actor
  const done = await services.db.transaction(actor, async (tx) => {
    const result = await work(tx)
    const session = await openSession(tx, userId, device, kind)
    await replaceSession(tx, sessionId, session.sessionId)
    const which = others === 'end' ? { except: session.sessionId } : { only: sessionId }
    return { result, session, ended: await deleteSessions(tx, userId, which) }
  })
  await Promise.all([forgetSessions(services, sessionId, ...done.ended), forgetMe(services, userId)])
  return done
}
