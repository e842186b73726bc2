import pg from 'pg'
import type { Static } from 'typebox'
import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { decodeCursor, filterDigest, LAST_ID, PAGE } from '../../platform/cursor.ts'
import { type Db, pageSize } from '../../platform/db/index.ts'
import { conflict, notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { tellAccount } from '../identity/index.ts'
import { requestReceived } from './mail/request-received.ts'
import { insertRequest, OWN_REQUEST, ownRequestPage, withdrawRequest } from './queries/requests.ts'
import type { NewRequest, OwnRequestsQuery } from './schemas/requests.ts'

const NEWEST = ['infinity', LAST_ID] as const

/** One's own requests as JSON text, the newest first, with what happened to each. */
export async function readOwnRequests(
  { db }: Services,
  actor: Actor,
  { cursor, limit = PAGE }: Static<typeof OwnRequestsQuery>,
): Promise<string> {
  const filter = { reader: actor.userId }
  const before = cursor ? decodeCursor(cursor, { sort: 'received_at', filter, length: 2 }) : NEWEST
  const values = [...before, filterDigest(filter), limit, actor.userId]
  return (await db.textAs(actor, ownRequestPage(pageSize(limit)), values)) ?? ''
}

/** 404 `privacy_request.not_found`, also for another's. */
export async function readOwnRequest({ db }: Services, actor: Actor, requestId: string): Promise<string> {
  const text = await db.textAs(actor, OWN_REQUEST, [requestId, actor.userId])
  if (text === null) throw notFound('privacy_request', requestId)
  return text
}

/**
 * Asks for what is one's right, about oneself alone; confirmed by mail with the day until which it is answered. 409
 * `privacy_request.open` while one of the kind waits.
 */
export async function fileRequest(
  services: Services,
  actor: Actor,
  { kind, details }: Static<typeof NewRequest>,
): Promise<string> {
  const { userId } = actor
  const requestId = await services.db
    .transaction(actor, async (tx) => {
      const row = { user_id: userId, kind, details: details?.trim() ?? null }
      const { request_id, due_at } = await insertRequest(tx, row)
      await record(tx, actor, 'privacy.request_received', request_id, { kind })
      await tellAccount(services, tx, userId, requestReceived, { kind, due_at })
      return request_id
    })
    .catch((error: unknown) => {
      throw isWaiting(error)
        ? conflict('privacy_request.open', 'A request of this kind is being answered already.')
        : error
    })
  return readOwnRequest(services, actor, requestId)
}

/** 404 `privacy_request.not_found` when it is not open, or not one's own. */
export function withdrawOwnRequest({ db }: Services, actor: Actor, requestId: string): Promise<void> {
  return db.transaction(actor, async (tx) => {
    if (!(await withdrawRequest(tx, actor.userId, requestId))) throw notFound('privacy_request', requestId)
    await record(tx, actor, 'privacy.request_withdrawn', requestId)
  })
}

/** Ids and kinds; never what somebody wrote. */
export function record(
  tx: Db,
  actor: Actor,
  action: string,
  requestId: string,
  metadata?: Readonly<Record<string, string | number>>,
): Promise<void> {
  const entry = { actor, action, entityType: 'privacy_request', entityId: requestId } as const
  return audit(tx, { ...entry, retentionClass: 'security', ...(metadata && { metadata }) })
}

function isWaiting(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.constraint === 'one_open_privacy_request'
}
