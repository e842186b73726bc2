import pg from 'pg'
import type { Static } from 'typebox'
import type { Actor } from '../../platform/actor.ts'
import { decodeCursor, FIRST_ID, filterDigest, PAGE } from '../../platform/cursor.ts'
import { type Db, pageSize } from '../../platform/db/index.ts'
import { badRequest, conflict, forbidden, notFound } from '../../platform/errors.ts'
import { publishFact } from '../../platform/facts/index.ts'
import type { Services } from '../../platform/services.ts'
import { recordRead, recordReadText, tellAccount } from '../identity/index.ts'
import { requestAnswered } from './mail/request-answered.ts'
import { requestExtended } from './mail/request-extended.ts'
import {
  answerRequest,
  extendRequest,
  findRequest,
  HANDLED_REQUEST,
  requestQueue,
  takeRequest,
} from './queries/requests.ts'
import { record } from './requests.ts'
import type { Answer, Extension, RequestQueueQuery } from './schemas/requests.ts'

const OLDEST = ['-infinity', FIRST_ID] as const
const READ = ['privacy_requests.details', 'privacy_requests.answer']

/** The queue of staff as JSON text, what is due first. */
export async function readQueue(
  { db }: Services,
  actor: Actor,
  { state, kind, cursor, limit = PAGE }: Static<typeof RequestQueueQuery>,
): Promise<string> {
  const filter = { state, kind }
  const after = cursor ? decodeCursor(cursor, { sort: 'due_at', filter, length: 2 }) : OLDEST
  const values = [...after, filterDigest(filter), limit, kind ?? null]
  const text = (await db.textAs(actor, requestQueue(pageSize(limit), state), values)) ?? ''
  const person = ({ items }: { items: { person: { user_id: string } | null }[] }) =>
    items.map((one) => one.person?.user_id)
  return recordReadText(db, actor, { text, person, columns: ['privacy_requests.kind'] })
}

/** With what its person wrote: leaves a trace. 404 `privacy_request.not_found`. */
export async function readRequest(services: Services, actor: Actor, requestId: string): Promise<string> {
  const { db } = services
  await db.transaction(actor, async (tx) => {
    const found = await findRequest(tx, requestId)
    if (!found) throw notFound('privacy_request', requestId)
    await recordRead(tx, actor, [found.user_id], READ)
  })
  return (await db.textAs(actor, HANDLED_REQUEST, [requestId])) ?? ''
}

/** Says who answers it. 403 `privacy_request.own`, 409 `privacy_request.closed`. */
export async function assignRequest(services: Services, actor: Actor, requestId: string): Promise<string> {
  await services.db.transaction(actor, async (tx) => {
    if (!(await takeRequest(tx, requestId, actor.userId))) throw await whyNot(tx, actor, requestId)
    await record(tx, actor, 'privacy.request_taken', requestId)
  })
  return readRequest(services, actor, requestId)
}

/**
 * Answers it so many days later than was promised, once, at most ninety days after it came; its person is told why. 400
 * `privacy_request.too_late`, 403 `privacy_request.own`, 409 `privacy_request.closed`, `privacy_request.extended`.
 */
export async function postponeRequest(
  services: Services,
  actor: Actor,
  requestId: string,
  { days, reason }: Static<typeof Extension>,
): Promise<string> {
  const work = services.db.transaction(actor, async (tx) => {
    const change = { handledBy: actor.userId, days, reason: reason.trim() }
    const extended = await extendRequest(tx, requestId, change)
    if (!extended) throw await whyNot(tx, actor, requestId)
    const { user_id, kind, due_at } = extended
    await record(tx, actor, 'privacy.request_extended', requestId, { days })
    await tellAccount(services, tx, user_id, requestExtended, { kind, due_at, reason: change.reason })
  })
  await work.catch((error: unknown) => {
    throw isBeyond(error)
      ? badRequest(
          'privacy_request.too_late',
          'That is more than ninety days after the request came.',
          '/days',
        )
      : error
  })
  return readRequest(services, actor, requestId)
}

/** Once, for good; its person is told by mail that there is an answer. 403 `privacy_request.own`, 409 `privacy_request.closed`. */
export async function closeRequest(
  services: Services,
  actor: Actor,
  requestId: string,
  { outcome, answer }: Static<typeof Answer>,
): Promise<string> {
  await services.db.transaction(actor, async (tx) => {
    const closed = await answerRequest(tx, requestId, {
      handledBy: actor.userId,
      outcome,
      answer: answer.trim(),
    })
    if (!closed) throw await whyNot(tx, actor, requestId)
    await record(tx, actor, 'privacy.request_answered', requestId, { outcome })
    await tellAccount(services, tx, closed.user_id, requestAnswered, { kind: closed.kind })
    const reference = { type: 'privacy_request', id: requestId }
    await publishFact(tx, {
      name: 'privacy.request_answered',
      actor: null,
      reference,
      recipients: [closed.user_id],
    })
  })
  return readRequest(services, actor, requestId)
}

async function whyNot(tx: Db, actor: Actor, requestId: string): Promise<Error> {
  const request = await findRequest(tx, requestId)
  if (!request) return notFound('privacy_request', requestId)
  if (request.user_id === actor.userId) {
    return forbidden('privacy_request.own', 'Your own request is for others to answer.')
  }
  return request.closed_at === null
    ? conflict('privacy_request.extended', 'It was given a later date before.')
    : conflict('privacy_request.closed', 'This request is no longer open.')
}

function isBeyond(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.constraint === 'extended_once'
}
