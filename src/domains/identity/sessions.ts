import { createHash, randomBytes } from 'node:crypto'
import { type Actor, isStaff } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { CacheUnavailable } from '../../platform/cache/index.ts'
import { equalText } from '../../platform/crypto/signing.ts'
import { type Db, isUnreachable } from '../../platform/db/index.ts'
import { publishLive } from '../../platform/realtime/index.ts'
import type { Services } from '../../platform/services.ts'
import { markPresent } from './presence.ts'
import {
  deleteSessions,
  type Grant,
  insertImpersonation,
  insertSession,
  liveSessions,
  type NewSession,
  type SessionRow,
  sessionOf,
  touchSession,
} from './queries/sessions.ts'

/** The row's life: someone who learns offline for weeks is not signed out in the middle of the queue. */
export const SESSION_DAYS = 30
/** The cached copy's life (§5.2), which every touch begins anew. */
const CACHE_SECONDS = 86_400
const TOUCH_AFTER_MS = 600_000
/** After this long the row is asked again: who is suspended or loses a role may not go on for as long as they keep busy. */
const TRUST_MS = 60_000
const TOKEN = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.([A-Za-z0-9_-]{43})$/

/** How a session is held: by a browser's cookie, or by a client that keeps the token itself. */
export type SessionKind = 'cookie' | 'token'

/**
 * `country` is what the trusted proxy says; `known` the text by which the device shows that it has been here before.
 */
export type Device = {
  readonly ip: string
  readonly userAgent: string | undefined
  readonly country: string | null
  readonly known: string | undefined
  /** The token of the session that a browser holds while it signs in: it ends when another takes its place. */
  readonly presented: string | undefined
}
/** `token` is `id.secret`, told once; the database keeps the secret's hash. */
export type OpenedSession = {
  readonly userId: string
  readonly token: string
  readonly kind: SessionKind
  readonly sessionId: string
  readonly expiresAt: string
}

/** What the cache holds: enough to answer without the database, with the grants' own times, so that roles begin and end on their second. */
type Entry = {
  user: string
  hash: string
  expires: number
  /** When its holder last proved who they are; 0: never. */
  proven: number
  impersonator: string | null
  grants: Grant[]
  /** When the row's last activity was moved. */
  touched: number
  /** When the row last said all this. */
  seen: number
}

export type NewImpersonation = {
  readonly userId: string
  readonly impersonatorId: string
  readonly reason: string
  readonly minutes: number
}

/** Opens a session in the transaction that proved who someone is. */
export async function openSession(
  tx: Db,
  userId: string,
  device: Pick<Device, 'ip' | 'userAgent' | 'country'>,
  kind: SessionKind,
): Promise<OpenedSession> {
  const secret = newSecret()
  const row = await insertSession(tx, sessionRow(userId, secret, device, kind), SESSION_DAYS)
  return opened(userId, secret, kind, row)
}

/** Opens a session in which a super admin acts as somebody else: it proves nothing, and ends by itself. */
export async function openImpersonation(
  tx: Db,
  { userId, impersonatorId, reason, minutes }: NewImpersonation,
  device: Pick<Device, 'ip' | 'userAgent' | 'country'>,
  kind: SessionKind,
): Promise<OpenedSession> {
  const secret = newSecret()
  const row = {
    ...sessionRow(userId, secret, device, kind),
    impersonator_id: impersonatorId,
    impersonation_reason: reason,
  }
  return opened(userId, secret, kind, await insertImpersonation(tx, row, minutes))
}

/**
 * The actor that a token stands for, or null. One look into the cache; the row in the database answers once a minute,
 * and when the cache does not know or is out of reach. Nothing is remembered in the process: a revoked session ends everywhere at once.
 */
export async function authenticate(services: Services, token: string): Promise<Actor | null> {
  const [, sessionId, secret] = TOKEN.exec(token) ?? []
  if (sessionId === undefined || secret === undefined) return null
  const now = services.clock.now().getTime()
  const { entry, mark } = await entryOf(services, sessionId, now)
  if (!entry || entry.expires <= now || !equalText(entry.hash, hashOf(secret))) return null
  const actor = actorOf(entry, sessionId, now)
  // A grant of staff that begins meanwhile is not for who acts for them.
  if (actor.impersonatorId !== null && isStaff(actor)) return null
  if (entry.seen === now && entry.impersonator === null) markPresent(services, entry.user)
  if (now - entry.touched > TOUCH_AFTER_MS) touch(services, actor, { ...entry, touched: now }, mark)
  return actor
}

/** What a session stands for now, and when that changes by itself: it ends, or a role of its person begins or ends. */
export type SessionStanding = { readonly actor: Actor; readonly changesAt: number }

/**
 * By the rows, for whoever let these sessions in some time ago and still serves them; a session that is missing stands for
 * nobody any more. One statement for all of them.
 */
export async function standingOfSessions(
  { db, clock }: Pick<Services, 'db' | 'clock'>,
  sessionIds: readonly string[],
): Promise<ReadonlyMap<string, SessionStanding>> {
  const rows = await liveSessions(db.anonymous, sessionIds)
  const now = clock.now().getTime()
  const standing = rows.map(({ session_id, ...row }) => {
    const entry = entryFrom(row, now, now)
    const times = entry.grants.flatMap(({ from, until }) =>
      [from, until].map((time) => Date.parse(time ?? '')),
    )
    const changesAt = Math.min(entry.expires, ...times.filter((time) => time > now))
    return [session_id, { actor: actorOf(entry, session_id, now), changesAt }] as const
  })
  return new Map(standing.filter(([, { actor }]) => actor.impersonatorId === null || !isStaff(actor)))
}

/** Signs out. */
export async function endSession(services: Services, actor: Actor): Promise<void> {
  await endSessions(services, actor, actor.userId, { only: actor.sessionId }, 'identity.user_signed_out')
}

/**
 * Ends sessions of a person everywhere at once: one's own, or for staff anybody's. Answers how many. The rows go first: with
 * the cache out of reach, its next generation forgets every entry.
 */
export async function endSessions(
  services: Services,
  actor: Actor,
  userId: string,
  which: { only?: string; except?: string },
  action: string,
): Promise<number> {
  const ids = await services.db.transaction(actor, async (tx) => {
    const gone = await deleteSessions(tx, userId, which)
    await audit(tx, {
      actor,
      action,
      entityType: 'user',
      entityId: userId,
      retentionClass: 'security',
      metadata: { sessions: gone.length },
    })
    return gone
  })
  await forgetSessions(services, ...ids)
  return ids.length
}

/** After the commit that removed their rows: their cached copies and streams end on every process. Never fails. */
export async function forgetSessions(
  { cache, log }: Pick<Services, 'cache' | 'log'>,
  ...sessionIds: readonly string[]
): Promise<void> {
  await cache.deleteSession(...sessionIds).catch((error: unknown) => {
    if (!(error instanceof CacheUnavailable)) throw error
    log.warn('a session ended while the cache was out of reach')
  })
  await publishLive(cache, { sessions: sessionIds })
}

/** What the cache holds of a session; without a mark it is out of reach, and nothing is to be kept. */
type Cached = { readonly entry: Entry | null; readonly mark: string | null }

async function cachedEntry({ cache }: Services, sessionId: string): Promise<Cached> {
  try {
    const { value, mark } = await cache.getSession(sessionId)
    return { entry: value === null ? null : JSON.parse(value), mark }
  } catch (error) {
    if (error instanceof CacheUnavailable) return { entry: null, mark: null }
    throw error
  }
}

async function entryOf(services: Services, sessionId: string, now: number): Promise<Cached> {
  const cached = await cachedEntry(services, sessionId)
  if (cached.entry && now - cached.entry.seen <= TRUST_MS) return cached
  try {
    return { ...cached, entry: await storedEntry(services, sessionId, now, cached) }
  } catch (error) {
    // With the database gone nothing can be done but read what is cached, and that goes on.
    if (cached.entry && isUnreachable(error)) return cached
    throw error
  }
}

async function storedEntry(
  services: Services,
  sessionId: string,
  now: number,
  { entry: cached, mark }: Cached,
): Promise<Entry | null> {
  const row = await sessionOf(services.db.anonymous, sessionId)
  if (row) {
    const entry = entryFrom(row, now, cached?.touched ?? now)
    await keep(services, sessionId, entry, mark)
    return entry
  }
  if (cached) await forgetSessions(services, sessionId)
  return null
}

function actorOf(entry: Entry, sessionId: string, now: number): Actor {
  return {
    userId: entry.user,
    roles: rolesAt(entry.grants, now),
    sessionId,
    provenAt: entry.proven,
    impersonatorId: entry.impersonator,
  }
}

function entryFrom(row: SessionRow, now: number, touched: number): Entry {
  return {
    user: row.user_id,
    hash: row.token_hash,
    expires: Date.parse(row.expires_at),
    proven: row.proven_at === null ? 0 : Date.parse(row.proven_at),
    impersonator: row.impersonator_id,
    grants: row.roles,
    touched,
    seen: now,
  }
}

async function keep(
  { cache, log }: Services,
  sessionId: string,
  entry: Entry,
  mark: string | null,
): Promise<void> {
  if (mark === null) return
  await cache.setSession(sessionId, JSON.stringify(entry), CACHE_SECONDS, mark).catch((error: unknown) => {
    if (!(error instanceof CacheUnavailable)) log.error({ error }, 'a session could not be cached')
  })
}

/** Moves the cached copy's end and the row's last activity, beside the request that it serves. */
function touch(services: Services, actor: Actor, entry: Entry, mark: string | null): void {
  void keep(services, actor.sessionId, entry, mark)
  services.db
    .transaction(actor, (tx) => touchSession(tx, actor.userId, actor.sessionId))
    .catch((error: unknown) => services.log.warn({ error }, 'a session could not be touched'))
}

function rolesAt(grants: readonly Grant[], now: number): string[] {
  return grants
    .filter(
      ({ from, until }) =>
        (from === null || Date.parse(from) <= now) && (until === null || Date.parse(until) > now),
    )
    .map(({ role }) => role)
}

function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

function sessionRow(
  userId: string,
  secret: string,
  device: Pick<Device, 'ip' | 'userAgent' | 'country'>,
  kind: SessionKind,
): NewSession {
  return {
    user_id: userId,
    token_hash: hashOf(secret),
    kind,
    ip_address: device.ip,
    user_agent: device.userAgent?.slice(0, 500) ?? null,
    country: device.country,
  }
}

function opened(
  userId: string,
  secret: string,
  kind: SessionKind,
  row: { session_id: string; expires_at: string },
): OpenedSession {
  const { session_id: sessionId, expires_at: expiresAt } = row
  return { userId, token: `${sessionId}.${secret}`, kind, sessionId, expiresAt }
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}
