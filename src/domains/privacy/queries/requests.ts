import { sql } from 'kysely'
import { type Db, jsonPage, type PageSize, type Statement } from '../../../platform/db/index.ts'

/** Row security takes one's own alone; `one_open_privacy_request` one of a kind at a time. The database sets the times. */
export async function insertRequest(
  db: Db,
  request: { user_id: string; kind: string; details: string | null },
): Promise<{ request_id: string; due_at: string }> {
  const { rows } = await sql<{ request_id: string; due_at: string }>`
    INSERT INTO privacy_requests (user_id, kind, details)
    VALUES (${request.user_id}, ${request.kind}, ${request.details}) RETURNING request_id, due_at`.execute(db)
  return rows[0]!
}

/** False: there is none of the actor's that is open. */
export async function withdrawRequest(db: Db, userId: string, requestId: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('privacy_requests')
    .set({ status: 'withdrawn' })
    .where('request_id', '=', requestId)
    .where('user_id', '=', userId)
    .where('closed_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

type Kind = 'access' | 'erasure' | 'rectification' | 'restriction' | 'objection' | 'portability'
type Handled = { readonly user_id: string; readonly kind: Kind; readonly due_at: string }

/** Of two who take, extend or answer it at once the second waits, and sees what the first one did. Undefined: not to be had. */
export function takeRequest(db: Db, requestId: string, handledBy: string): Promise<Handled | undefined> {
  return change(db, requestId, handledBy)
    .set({ status: 'in_progress', handled_by: handledBy })
    .returning(['user_id', sql<Kind>`kind`.as('kind'), 'due_at'])
    .executeTakeFirst()
}

/** Undefined, too, where it was extended before. */
export function extendRequest(
  db: Db,
  requestId: string,
  { handledBy, days, reason }: { handledBy: string; days: number; reason: string },
): Promise<Handled | undefined> {
  return change(db, requestId, handledBy)
    .where('extension_reason', 'is', null)
    .set({
      status: 'in_progress',
      handled_by: handledBy,
      due_at: sql`due_at + make_interval(days => ${days})`,
      extension_reason: reason,
    })
    .returning(['user_id', sql<Kind>`kind`.as('kind'), 'due_at'])
    .executeTakeFirst()
}

export function answerRequest(
  db: Db,
  requestId: string,
  { handledBy, outcome, answer }: { handledBy: string; outcome: string; answer: string },
): Promise<Handled | undefined> {
  return change(db, requestId, handledBy)
    .set({ status: 'answered', handled_by: handledBy, outcome, answer })
    .returning(['user_id', sql<Kind>`kind`.as('kind'), 'due_at'])
    .executeTakeFirst()
}

function change(db: Db, requestId: string, handledBy: string) {
  return db
    .updateTable('privacy_requests')
    .where('request_id', '=', requestId)
    .where('user_id', '<>', handledBy)
    .where('closed_at', 'is', null)
}

export function findRequest(db: Db, requestId: string) {
  return db
    .selectFrom('privacy_requests')
    .select(['user_id', 'closed_at', 'extension_reason'])
    .where('request_id', '=', requestId)
    .executeTakeFirst()
}

const STATE = `
  r.request_id, r.kind, r.details, r.status, r.received_at, r.due_at, r.closed_at IS NULL AND r.due_at < now() AS overdue,
  r.extension_reason, r.outcome, r.answer, r.closed_at`

const history = (also: string) => `
  (SELECT json_agg(json_build_object('event', e.event, 'at', e.at, 'note', e.note, 'due_at', e.due_at${also}) ORDER BY e.event_id)
   FROM privacy_request_events e WHERE e.request_id = r.request_id) AS history`

const card = (column: string) => `(SELECT p.card FROM people p WHERE p.user_id = ${column})`

/**
 * The actor's own as JSON text, the newest first. $1, $2: the cursor's received_at and request_id; $3: the filter's digest;
 * $4: limit; $5: whose. Walks idx_privacy_requests_user.
 */
export function ownRequestPage(size: PageSize): Statement {
  return {
    name: `privacy_requests_of_person_${size}`,
    text: jsonPage({
      show: '$4::int',
      sort: 'received_at',
      key: ['received_at::text', 'request_id'],
      digest: '$3',
      rows: `
        SELECT received_at, request_id, row_to_json(page) AS item
        FROM (
          SELECT ${STATE}, ${history('')} FROM privacy_requests r
          WHERE r.user_id = $5 AND (r.received_at, r.request_id) < ($1::timestamptz, $2::uuid)
          ORDER BY r.received_at DESC, r.request_id DESC LIMIT ${size + 1}
        ) page`,
    }),
  }
}

/** One of the actor's own as JSON text. $1: request_id; $2: whose. */
export const OWN_REQUEST: Statement = {
  name: 'privacy_request_of_person',
  text: `
    SELECT row_to_json(item)::text FROM (
      SELECT ${STATE}, ${history('')} FROM privacy_requests r WHERE r.request_id = $1 AND r.user_id = $2) item`,
}

/** One as JSON text, for staff. $1: request_id. */
export const HANDLED_REQUEST: Statement = {
  name: 'privacy_request',
  text: `
    SELECT row_to_json(item)::text FROM (
      SELECT ${STATE}, ${card('r.user_id')} AS person, ${card('r.handled_by')} AS handled_by, r.user_id = actor_id() AS is_own,
        ${history(`, 'acted_by', ${card('e.acted_by')}`)}
      FROM privacy_requests r WHERE r.request_id = $1) item`,
}

/**
 * The queue as JSON text, what is due first. $1, $2: the cursor's due_at and request_id; $3: the filter's digest; $4: limit;
 * $5: the kind or null. Walks idx_privacy_requests_open or idx_privacy_requests_due.
 */
export function requestQueue(size: PageSize, state: 'open' | 'closed' | undefined): Statement {
  const which = state === undefined ? 'true' : `r.closed_at IS ${state === 'open' ? '' : 'NOT '}NULL`
  const isOpen = state === 'open' ? ` AND r.status IN ('received', 'in_progress')` : ''
  return {
    name: `privacy_request_queue_${state ?? 'all'}_${size}`,
    text: jsonPage({
      show: '$4::int',
      sort: 'due_at',
      key: ['due_at::text', 'request_id'],
      digest: '$3',
      rows: `
        SELECT due_at, request_id, row_to_json(page) AS item
        FROM (
          SELECT r.request_id, r.kind, r.status, r.received_at, r.due_at,
            r.closed_at IS NULL AND r.due_at < now() AS overdue, r.outcome,
            ${card('r.user_id')} AS person, ${card('r.handled_by')} AS handled_by
          FROM privacy_requests r
          WHERE ${which}${isOpen} AND ($5::text IS NULL OR r.kind = $5) AND (r.due_at, r.request_id) > ($1::timestamptz, $2::uuid)
          ORDER BY r.due_at, r.request_id LIMIT ${size + 1}
        ) page`,
    }),
  }
}

/** For the job: marks what is due within so many days, or is overdue, and was not told yet. Answers how many of each. */
export async function markDue(db: Db, days: number): Promise<{ due_soon: number; overdue: number }> {
  const { rows } = await sql<{ due_soon: number; overdue: number }>`
    WITH found AS (
      SELECT request_id, due_at < now() AS is_over FROM privacy_requests
      WHERE status IN ('received', 'in_progress') AND due_at < now() + make_interval(days => ${days})
        AND CASE WHEN due_at < now() THEN overdue_told_at ELSE due_soon_told_at END IS NULL
      ORDER BY due_at LIMIT 1000 FOR UPDATE SKIP LOCKED),
    marked AS (
      UPDATE privacy_requests r
      SET due_soon_told_at = CASE WHEN f.is_over THEN r.due_soon_told_at ELSE now() END,
        overdue_told_at = CASE WHEN f.is_over THEN now() END
      FROM found f WHERE f.request_id = r.request_id RETURNING f.is_over)
    SELECT count(*) FILTER (WHERE NOT is_over)::int AS due_soon, count(*) FILTER (WHERE is_over)::int AS overdue
    FROM marked`.execute(db)
  return rows[0]!
}
