import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

export type Leaving = {
  user_id: string
  email: string
  full_name: string
  erased_at: string | null
  language: 'en' | 'sw' | 'fr'
}

/** Held until the commit, so that nobody signs in or writes under this id meanwhile. */
export async function holdPerson(db: Db, userId: string): Promise<Leaving | undefined> {
  const { rows } = await sql<Leaving>`
    SELECT u.user_id, u.email, u.full_name, u.erased_at,
      coalesce((SELECT s.language FROM user_settings s WHERE s.user_id = u.user_id), 'en') AS language
    FROM users u WHERE u.user_id = ${userId} FOR UPDATE OF u`.execute(db)
  return rows[0]
}

/** Invitations to this address, whoever sent them: a handful, read without an index. */
export async function deleteInvitationsTo(db: Db, email: string): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('partner_invitations')
    .where(sql`lower(email)`, '=', email.toLowerCase())
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

/** An organisation's contact that was this person's own address, and the number beside it; an address of its own stays. */
export async function clearContact(db: Db, email: string): Promise<number> {
  const { numAffectedRows } = await sql`
    UPDATE partners SET contact_email = NULL, contact_phone = NULL WHERE lower(contact_email) = lower(${email})`.execute(
    db,
  )
  return Number(numAffectedRows ?? 0)
}

/** What can be fetched of an order by who paid for it. */
export async function clearDownloads(db: Db, userId: string): Promise<number> {
  const { numAffectedRows } = await sql`
    UPDATE order_items i SET download_url = NULL FROM orders o
    WHERE o.order_id = i.order_id AND o.user_id = ${userId}`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** Of fewer letters than these a name is a word of any text, and tells of nobody. */
const TELLING_LETTERS = 4

/**
 * Speakers are JSON without a key: by id, and in events of one's own also by name. The texts of those events may say the name
 * once more: whole and in whatever case it becomes an ellipsis, so that what others wrote keeps its sense. Reads all events, some
 * thousands.
 */
export async function removeSpeaker(db: Db, userId: string, fullName: string): Promise<number> {
  const name = fullName.trim()
  const pattern = name.length < TELLING_LETTERS ? null : wholeName(name)
  const { numAffectedRows } = await sql`
    UPDATE events e SET
      agenda = CASE WHEN ${pattern}::text IS NULL THEN e.agenda ELSE regexp_replace(e.agenda, ${pattern}, '…', 'gi') END,
      description = CASE WHEN ${pattern}::text IS NULL OR e.organizer_id IS DISTINCT FROM ${userId}::uuid THEN e.description
        ELSE regexp_replace(e.description, ${pattern}, '…', 'gi') END,
      speakers = CASE WHEN jsonb_typeof(e.speakers) = 'array' THEN (
        SELECT coalesce(jsonb_agg(s.one ORDER BY s.place), '[]') FROM jsonb_array_elements(e.speakers) WITH ORDINALITY s(one, place)
        WHERE NOT (s.one ->> 'user_id' IS NOT DISTINCT FROM ${userId}::text
          OR (e.organizer_id = ${userId}::uuid AND lower(s.one ->> 'name') IS NOT DISTINCT FROM lower(${fullName}::text))))
        ELSE e.speakers END
    WHERE e.organizer_id = ${userId}::uuid
      OR e.speakers @> jsonb_build_array(jsonb_build_object('user_id', ${userId}::text))`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** Neither within a longer word nor as a pattern of its own. */
function wholeName(name: string): string {
  return `(?<!\\w)${name.replace(/[^\p{L}\p{N}\s]/gu, '\\$&')}(?!\\w)`
}

/** What resubmissions of others still point to. */
export async function detachApprovals(db: Db, userId: string): Promise<void> {
  await sql`
    UPDATE content_approvals a SET previous_approval_id = NULL FROM content_approvals mine
    WHERE mine.submitted_by = ${userId} AND a.previous_approval_id = mine.approval_id`.execute(db)
}

export async function dropJobs(db: Db, userId: string): Promise<number> {
  const { rows } = await sql<{ dropped: number }>`SELECT drop_jobs_of(${userId}::uuid) AS dropped`.execute(db)
  return rows[0]!.dropped
}

/** The row stays for what points to it, and says of nobody who they were. */
export async function buryPerson(db: Db, userId: string): Promise<void> {
  await sql`
    UPDATE users SET email = 'erased+' || user_id || '@erased.invalid', full_name = '', username = NULL, password_hash = NULL,
      email_verified = false, phone_number = NULL, phone_cipher = NULL, phone_index = NULL, phone_index_next = NULL, phone_verified = false,
      two_factor_enabled = false, two_factor_secret = NULL, totp_confirmed_at = NULL, totp_last_step = NULL,
      last_login = NULL, failed_login_attempts = 0, locked_until = NULL,
      status = 'deleted', deleted_at = coalesce(deleted_at, now()), erased_at = now()
    WHERE user_id = ${userId}`.execute(db)
}

/** Letting go of a username holds it for thirty days: for nobody, once its person is gone. */
export async function releaseNames(db: Db, userId: string): Promise<void> {
  await db.deleteFrom('released_usernames').where('user_id', '=', userId).execute()
}

export async function deletePerson(db: Db, userId: string): Promise<void> {
  await db.deleteFrom('users').where('user_id', '=', userId).execute()
}

export type Holder = {
  user_id: string
  email: string
  full_name: string
  language: 'en' | 'sw' | 'fr'
}

export async function holderOf(db: Db, userId: string): Promise<Holder> {
  const { rows } = await sql<Holder>`
    SELECT u.user_id, u.email, u.full_name,
      coalesce((SELECT s.language FROM user_settings s WHERE s.user_id = u.user_id), 'en') AS language
    FROM users u WHERE u.user_id = ${userId}`.execute(db)
  if (!rows[0]) throw new Error('whoever asked for their data is gone')
  return rows[0]
}
