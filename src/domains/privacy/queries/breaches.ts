import { sql } from 'kysely'
import { type Db, jsonPage, type PageSize, type Statement } from '../../../platform/db/index.ts'

export type BreachColumns = {
  readonly title?: string
  readonly severity?: string
  readonly status?: string
  readonly discovered_at?: string
  readonly facts?: string
  readonly consequences?: string | null
  readonly measures?: string | null
  /** JSON text. */
  readonly notice?: string | null
  readonly authority_note?: string | null
}

/** The database says when it is due. */
export async function insertBreach(
  db: Db,
  breach: BreachColumns & { title: string; severity: string; facts: string; recorded_by: string },
): Promise<string> {
  const { breach_id } = await db
    .insertInto('data_breaches')
    // authority_due_at is set by the trigger, and not ours to write
    .values(breach as never)
    .returning('breach_id')
    .executeTakeFirstOrThrow()
  return breach_id
}

export async function updateBreach(db: Db, breachId: string, change: BreachColumns): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('data_breaches')
    .set(change)
    .where('breach_id', '=', breachId)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export function findBreach(db: Db, breachId: string) {
  return db
    .selectFrom('data_breaches')
    .select([
      'breach_id',
      'authority_told_at',
      'people_told_at',
      sql<boolean>`notice IS NOT NULL`.as('has_notice'),
    ])
    .where('breach_id', '=', breachId)
    .executeTakeFirst()
}

/** False: they were told before. Of two who say it at once one does. */
export async function markAuthorityTold(db: Db, breachId: string, note: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('data_breaches')
    .set({ authority_told_at: sql`now()`, authority_note: note })
    .where('breach_id', '=', breachId)
    .where('authority_told_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export async function markPeopleTold(db: Db, breachId: string): Promise<void> {
  await db
    .updateTable('data_breaches')
    .set({ people_told_at: sql`now()` })
    .where('breach_id', '=', breachId)
    .where('people_told_at', 'is', null)
    .execute()
}

/** Those of them who are there and not on the list yet. */
export async function addPeopleById(db: Db, breachId: string, ids: readonly string[]): Promise<number> {
  const { numAffectedRows } = await sql`
    INSERT INTO breach_people (breach_id, user_id)
    SELECT ${breachId}::uuid, u.user_id FROM users u WHERE u.user_id = ANY (${ids}::uuid[]) AND u.erased_at IS NULL
    ON CONFLICT DO NOTHING`.execute(db)
  return Number(numAffectedRows ?? 0)
}

export type PeopleQuery = {
  readonly registered_before?: string
  readonly signed_in_after?: string
  readonly country?: string
  readonly has?: 'phone' | 'authenticator' | 'payments' | 'messages'
}

/** Everybody whom all of it fits; scans users once, in one statement, so that the list is of one moment. */
export async function addPeopleByQuery(db: Db, breachId: string, query: PeopleQuery): Promise<number> {
  const { registered_before = null, signed_in_after = null, country = null, has = null } = query
  const { numAffectedRows } = await sql`
    INSERT INTO breach_people (breach_id, user_id)
    SELECT ${breachId}::uuid, u.user_id FROM users u
    WHERE u.erased_at IS NULL
      AND (${registered_before}::timestamptz IS NULL OR u.created_at < ${registered_before}::timestamptz)
      AND (${signed_in_after}::timestamptz IS NULL OR u.last_login > ${signed_in_after}::timestamptz)
      AND (${country}::text IS NULL OR EXISTS (
        SELECT FROM user_profiles p WHERE p.user_id = u.user_id AND p.location->>'country' = ${country}::text))
      AND CASE ${has}::text
        WHEN 'phone' THEN u.phone_number IS NOT NULL
        WHEN 'authenticator' THEN u.two_factor_enabled
        WHEN 'payments' THEN EXISTS (SELECT FROM transactions t WHERE t.user_id = u.user_id)
        WHEN 'messages' THEN EXISTS (SELECT FROM messages m WHERE u.user_id IN (m.sender_id, m.recipient_id))
        ELSE true END
    ON CONFLICT DO NOTHING`.execute(db)
  return Number(numAffectedRows ?? 0)
}

export async function countPeople(db: Db, breachId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM breach_people WHERE breach_id = ${breachId}`.execute(db)
  return rows[0]!.n
}

/** For the job: at most `size` who were not told, held until the commit; of two workers each has its own. */
export async function takeUntold(
  db: Db,
  breachId: string,
  size: number,
): Promise<{ user_id: string; email: string }[]> {
  const { rows } = await sql<{ user_id: string; email: string }>`
    WITH waiting AS (
      SELECT user_id FROM breach_people WHERE breach_id = ${breachId} AND told_at IS NULL
      ORDER BY user_id LIMIT ${size} FOR UPDATE SKIP LOCKED),
    told AS (
      UPDATE breach_people p SET told_at = now() FROM waiting s
      WHERE p.breach_id = ${breachId} AND p.user_id = s.user_id RETURNING p.user_id)
    SELECT u.user_id, u.email FROM told JOIN users u USING (user_id) WHERE u.erased_at IS NULL`.execute(db)
  return rows
}

/** In this language, for the mail; null when the breach is gone. */
export async function noticeOf(db: Db, breachId: string, language: string): Promise<string | null> {
  const { rows } = await sql<{ notice: string | null }>`
    SELECT coalesce(notice->>${language}, notice->>'en') AS notice FROM data_breaches WHERE breach_id = ${breachId}`.execute(
    db,
  )
  return rows[0]?.notice ?? null
}

/** For the job: marks whose 72 hours end within a day, or are over, and was not said yet. */
export async function markDeadlines(db: Db): Promise<{ soon: number; overdue: number }> {
  const { rows } = await sql<{ soon: number; overdue: number }>`
    WITH found AS (
      SELECT breach_id, authority_due_at < now() AS is_over FROM data_breaches
      WHERE authority_told_at IS NULL AND status <> 'closed' AND authority_note IS NULL
        AND authority_due_at < now() + interval '1 day'
        AND CASE WHEN authority_due_at < now() THEN overdue_told_at ELSE deadline_told_at END IS NULL
      FOR UPDATE SKIP LOCKED),
    marked AS (
      UPDATE data_breaches b
      SET deadline_told_at = CASE WHEN f.is_over THEN b.deadline_told_at ELSE now() END,
        overdue_told_at = CASE WHEN f.is_over THEN now() END
      FROM found f WHERE f.breach_id = b.breach_id RETURNING f.is_over)
    SELECT count(*) FILTER (WHERE NOT is_over)::int AS soon, count(*) FILTER (WHERE is_over)::int AS overdue FROM marked`.execute(
    db,
  )
  return rows[0]!
}

const card = (column: string) => `(SELECT p.card FROM people p WHERE p.user_id = ${column})`

const SUMMARY = `
  b.breach_id, b.title, b.severity, b.status, b.discovered_at, b.authority_due_at, b.authority_told_at,
  b.authority_told_at IS NULL AND b.authority_note IS NULL AND b.status <> 'closed' AND b.authority_due_at < now() AS overdue,
  (SELECT count(*)::int FROM breach_people p WHERE p.breach_id = b.breach_id) AS people, b.people_told_at`

/** One as JSON text. $1: breach_id. */
export const BREACH: Statement = {
  name: 'data_breach',
  text: `
    SELECT row_to_json(item)::text FROM (
      SELECT ${SUMMARY}, b.facts, b.consequences, b.measures, b.notice, b.authority_note, b.recorded_at, b.closed_at,
        (SELECT count(*)::int FROM breach_people p WHERE p.breach_id = b.breach_id AND p.told_at IS NOT NULL) AS people_told,
        ${card('b.recorded_by')} AS recorded_by,
        (SELECT coalesce(json_agg(json_build_object('event', e.event, 'at', e.at, 'acted_by', ${card('e.acted_by')},
            'details', e.details) ORDER BY e.event_id), '[]'::json)
         FROM breach_events e WHERE e.breach_id = b.breach_id) AS history
      FROM data_breaches b WHERE b.breach_id = $1) item`,
}

/** The register as JSON text, the newest first. $1, $2: the cursor's discovered_at and breach_id; $3: digest; $4: limit. */
export function breachPage(size: PageSize): Statement {
  return {
    name: `data_breaches_${size}`,
    text: jsonPage({
      show: '$4::int',
      sort: 'discovered_at',
      key: ['discovered_at::text', 'breach_id'],
      digest: '$3',
      rows: `
        SELECT discovered_at, breach_id, row_to_json(page) AS item FROM (
          SELECT ${SUMMARY} FROM data_breaches b WHERE (b.discovered_at, b.breach_id) < ($1::timestamptz, $2::uuid)
          ORDER BY b.discovered_at DESC, b.breach_id DESC LIMIT ${size + 1}) page`,
    }),
  }
}

/** Whom it concerns as JSON text. $1: the cursor's user_id; $2: digest; $3: limit; $4: breach_id. */
export function affectedPage(size: PageSize): Statement {
  return {
    name: `breach_people_${size}`,
    text: jsonPage({
      show: '$3::int',
      sort: 'user_id',
      key: ['user_id'],
      digest: '$2',
      rows: `
        SELECT user_id, row_to_json(page) AS item FROM (
          SELECT a.user_id, a.added_at, a.told_at, ${card('a.user_id')} AS person FROM breach_people a
          WHERE a.breach_id = $4 AND a.user_id > $1::uuid ORDER BY a.user_id LIMIT ${size + 1}) page`,
    }),
  }
}
