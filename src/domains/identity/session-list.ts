import Bowser from 'bowser'
import type { Actor } from '../../platform/actor.ts'
import type { Db } from '../../platform/db/index.ts'
import type { Services } from '../../platform/services.ts'
import { type SessionEntry, sessionsOf } from './queries/sessions.ts'

/** A session as its person, or staff, sees it. */
export type ListedSession = {
  readonly session_id: string
  readonly current: boolean
  readonly kind: SessionEntry['kind']
  readonly device: string | null
  readonly ip_address: string | null
  readonly country: string | null
  readonly impersonated: boolean
  readonly created_at: string | null
  readonly last_activity: string | null
  readonly expires_at: string
}

/** The live sessions of a person, the one used last first. */
export async function listSessions({ db }: Services, actor: Actor, userId: string): Promise<ListedSession[]> {
  return db.transaction(actor, (tx) => listSessionsIn(tx, actor, userId), { readOnly: true })
}

export async function listSessionsIn(tx: Db, actor: Actor, userId: string): Promise<ListedSession[]> {
  const sessions = await sessionsOf(tx, userId)
  return sessions.map(({ user_agent, impersonator_id, ...session }) => ({
    ...session,
    current: session.session_id === actor.sessionId,
    device: deviceName(user_agent),
    impersonated: impersonator_id !== null,
  }))
}

/** "Chrome on Android"; null for what cannot be told. The whole text is never shown: it is the client's to forge. */
export function deviceName(userAgent: SessionEntry['user_agent']): string | null {
  if (!userAgent) return null
  const { browser, os } = Bowser.parse(userAgent)
  if (browser.name && os.name) return `${browser.name} on ${os.name}`
  return browser.name || os.name || null
}
