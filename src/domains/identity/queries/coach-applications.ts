import { sql } from 'kysely'
import { type Db, jsonPage, type PageSize, type Statement } from '../../../platform/db/index.ts'

export type NewApplication = {
  readonly user_id: string
  readonly motivation: string
  readonly experience: string
  /** JSON lists. */
  readonly specialties: string
  readonly languages: string
  readonly links: string
  readonly hourly_rate_minor: number
  readonly currency: string
}

/** Row security refuses it to a coach, one_application_at_a_time while another one stands in its way. */
export async function insertApplication(db: Db, application: NewApplication): Promise<string> {
  const { application_id } = await db
    .insertInto('coach_applications')
    .values(application)
    .returning('application_id')
    .executeTakeFirstOrThrow()
  return application_id
}

/** The application that someone cannot hand in another one beside, or who they are already. */
export async function obstacleOf(db: Db, userId: string) {
  const { rows } = await sql<{ is_coach: boolean; status: string | null; stands_until: string | null }>`
    SELECT has_role(${userId}::uuid, 'coach') AS is_coach, a.status, a.stands_until
    FROM (SELECT) one
    LEFT JOIN coach_applications a ON a.user_id = ${userId}::uuid AND a.stands_until > now()`.execute(db)
  return rows[0]!
}

/** Undefined: there is none to withdraw. */
export function withdrawApplication(db: Db, userId: string) {
  return db
    .updateTable('coach_applications')
    .set({ status: 'withdrawn' })
    .where('user_id', '=', userId)
    .where('status', '=', 'submitted')
    .returning('application_id')
    .executeTakeFirst()
}

export type Decision = {
  readonly applicationId: string
  readonly reviewer: string
  readonly decision: 'approved' | 'rejected'
  readonly note: string
}

/** Of two reviewers at once the second waits for the row, and finds that it is no longer open: undefined. */
export function decideApplication(db: Db, { applicationId, reviewer, decision, note }: Decision) {
  return db
    .updateTable('coach_applications')
    .set({ status: decision, reviewed_by: reviewer, reviewed_at: sql`now()`, decision_note: note })
    .where('application_id', '=', applicationId)
    .where('user_id', '<>', reviewer)
    .where('status', '=', 'submitted')
    .returning(['user_id', 'specialties', 'languages', 'hourly_rate_minor', 'currency'])
    .executeTakeFirst()
}

export function applicantOf(db: Db, applicationId: string) {
  return db
    .selectFrom('coach_applications')
    .select('user_id')
    .where('application_id', '=', applicationId)
    .executeTakeFirst()
}

export async function insertNote(db: Db, applicationId: string, note: string, author: string): Promise<void> {
  await db
    .insertInto('coach_application_notes')
    .values({ application_id: applicationId, note, written_by: author })
    .execute()
}

export type Offer = {
  readonly hourly_rate: string
  readonly currency: string
  readonly coaching_specialties: string
  readonly coaching_languages: string
}

/** What the directory asks of a coach's profile. */
export async function offerCoaching(db: Db, userId: string, offer: Offer): Promise<void> {
  await db
    .updateTable('user_profiles')
    .set({ ...offer, availability_status: 'available' })
    .where('user_id', '=', userId)
    .execute()
}

const ASKED = `
  a.motivation, a.experience, a.specialties, a.languages, a.links,
  json_build_object('amount_minor', a.hourly_rate_minor, 'currency', a.currency) AS hourly_rate`

/** One's newest application as JSON text. $1: whose. */
export const OWN_APPLICATION: Statement = {
  name: 'coach_application_of_person',
  text: `
    SELECT row_to_json(item)::text
    FROM (
      SELECT a.application_id, a.status, a.submitted_at, a.reviewed_at, a.decision_note, ${ASKED},
        CASE WHEN a.status = 'rejected' THEN a.stands_until END AS may_apply_again_at
      FROM coach_applications a WHERE a.user_id = $1
      ORDER BY a.submitted_at DESC, a.application_id DESC LIMIT 1
    ) item`,
}

const SUMMARY = `
  a.application_id, a.status, a.submitted_at, a.reviewed_at, a.decision_note,
  (SELECT p.card FROM people p WHERE p.user_id = a.user_id) AS applicant,
  (SELECT p.card FROM people p WHERE p.user_id = a.reviewed_by) AS reviewer`

/** An application as JSON text, for reviewers. $1: application_id. The note is not there for who reviews their own. */
export const APPLICATION: Statement = {
  name: 'coach_application',
  text: `
    SELECT row_to_json(item)::text
    FROM (
      SELECT ${SUMMARY}, ${ASKED},
        (SELECT n.note FROM coach_application_notes n WHERE n.application_id = a.application_id) AS internal_note
      FROM coach_applications a WHERE a.application_id = $1
    ) item`,
}

/**
 * A page of applications as JSON text, for reviewers, the oldest first. $1, $2: the cursor's submitted_at and
 * application_id; $3: the filter's digest; $4: limit; $5: the status, where there is one. Walks
 * idx_coach_applications_status or idx_coach_applications_submitted.
 */
export function applicationPage(size: PageSize, status: string | undefined): Statement {
  return {
    name: `coach_applications_${status === undefined ? '' : 'by_status_'}${size}`,
    text: jsonPage({
      show: '$4::int',
      sort: 'submitted_at',
      key: ['submitted_at::text', 'application_id'],
      digest: '$3',
      rows: `
        SELECT submitted_at, application_id, row_to_json(page) AS item
        FROM (
          SELECT ${SUMMARY}, a.specialties, a.languages,
            json_build_object('amount_minor', a.hourly_rate_minor, 'currency', a.currency) AS hourly_rate
          FROM coach_applications a
          WHERE (a.submitted_at, a.application_id) > ($1::timestamptz, $2::uuid)
            ${status === undefined ? '' : 'AND a.status = $5'}
          ORDER BY a.submitted_at, a.application_id
          LIMIT ${size + 1}
        ) page`,
    }),
  }
}
