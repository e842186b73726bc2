import { createHash, randomBytes } from 'node:crypto'
import { type Actor, asSelf } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { CacheUnavailable } from '../../platform/cache/index.ts'
import { equalText } from '../../platform/crypto/signing.ts'
import { type Db, isUnreachable } from '../../platform/db/index.ts'
import type { Services } from '../../platform/services.ts'
import {
  deleteSession,
  type Grant,
  insertSession,
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

/** `network` is what attempts are counted by: the address, or the prefix that one party holds. */
export type Device = {
  readonly ip: string
  readonly network: string
  readonly userAgent: string | undefined
}
/** `token` is `id.secret`, told once; the database keeps the secret's hash. */
export type OpenedSession = { readonly token: string; readonly sessionId: string; readonly expiresAt: string }

/** What the cache holds: enough to answer without the database, with the grants' own times, so that roles begin and end on their second. */
type Entry = {
  user: string
  hash: string
  expires: number
  grants: Grant[]
  /** When the row's last activity was moved. */
  touched: number
  /** When the row last said all this. */
  seen: number
}

/** Opens a session in the transaction that proved who someone is. */
export async function openSession(
  tx: Db,
  userId: string,
  device: Omit<Device, 'network'>,
): Promise<OpenedSession> {
  const secret = randomBytes(32).toString('base64url')
  const row = await insertSession(
    tx,
    {
      user_id: userId,
      token_hash: hashOf(secret),
      ip_address: device.ip,
      user_agent: device.userAgent?.slice(0, 500) ?? null,
    },
    SESSION_DAYS,
  )
  return { token: `${row.session_id}.${secret}`, sessionId: row.session_id, expiresAt: row.expires_at }
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
  const actor = { ...asSelf(entry.user), roles: rolesAt(entry.grants, now), sessionId }
  if (now - entry.touched > TOUCH_AFTER_MS) touch(services, actor, { ...entry, touched: now }, mark)
  return actor
}

/** Ends a session everywhere. The row goes first: with the cache out of reach, its next generation forgets every entry. */
export async function endSession({ db, cache, log }: Services, actor: Actor): Promise<void> {
  await db.transaction(actor, async (tx) => {
    await deleteSession(tx, actor.userId, actor.sessionId)
    await audit(tx, {
      actor,
      action: 'identity.user_signed_out',
      entityType: 'user',
      entityId: actor.userId,
      retentionClass: 'security',
    })
  })
  await forget({ cache, log }, actor.sessionId)
}

async function forget({ cache, log }: Pick<Services, 'cache' | 'log'>, sessionId: string): Promise<void> {
  await cache.deleteSession(sessionId).catch((error: unknown) => {
    if (!(error instanceof CacheUnavailable)) throw error
    log.warn('a session ended while the cache was out of reach')
  })
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
  if (cached) await forget(services, sessionId)
  return null
}

function entryFrom(row: SessionRow, now: number, touched: number): Entry {
  return {
    user: row.user_id,
    hash: row.token_hash,
    expires: Date.parse(row.expires_at),
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
    .filter(({ from, until }) => Date.parse(from) <= now && (until === null || Date.parse(until) > now))
    .map(({ role }) => role)
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}
