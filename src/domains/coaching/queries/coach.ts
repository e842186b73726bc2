import { jsonPage, type PageSize, type Statement } from '../../../platform/db/index.ts'
import { COACH_CARD } from './coach-card.ts'

/**
 * What a mentee let everybody read; how the coach might improve was said to the coach. Null in the place of who is no
 * longer there. Needs session_feedback as f.
 */
const REVIEW = `
  f.feedback_id, f.rating, f.would_recommend, f.feedback_text, f.highlights, f.created_at,
  (SELECT p.card FROM people p WHERE p.user_id = f.submitted_by) AS reviewer`

const NEWEST_FIRST = 'f.created_at DESC, f.feedback_id DESC'

/** Usernames are unique regardless of case: users_username_lower_key. */
const BY_NAME = 'lower(c.username) = lower($1)'

/**
 * A coach's page as JSON text, for whom the view coaches shows them to. $1: the username. A dozen look-ups by key, and
 * the coach's own ratings, sessions to come and times away. Who is away takes no sessions, whatever the calendar says.
 */
export const COACH: Statement = {
  name: 'coach',
  text: `
    SELECT row_to_json(coach)::text
    FROM (
      SELECT ${COACH_CARD}, c.certifications, coalesce(c.coaching_languages, '[]'::jsonb) AS languages,
        coach_rating_distribution(c.user_id) AS rating_distribution,
        (SELECT coalesce(json_agg(review), '[]'::json)
         FROM (SELECT ${REVIEW} FROM session_feedback f WHERE f.coach_id = c.user_id AND f.is_public
               ORDER BY ${NEWEST_FIRST} LIMIT 5) review) AS reviews,
        free.day AS next_free_day, free.timezone
      FROM coaches c
      LEFT JOIN LATERAL coach_next_free(c.user_id, now()) free ON c.availability_status IS DISTINCT FROM 'away'
      WHERE ${BY_NAME}
    ) coach`,
}

/** What a coach is called now, who had this username until lately, for whom the view coaches shows them to. $1: the username. */
export const RENAMED_COACH: Statement = {
  name: 'renamed_coach',
  text: 'SELECT c.username FROM coaches c WHERE lower(c.username) = lower(renamed_to($1))',
}

/**
 * A page of a coach's public reviews as JSON text, newest first. No row, and so null, where there is no such coach.
 * $1: the username; $2, $3: the cursor's created_at and feedback_id; $4: the filter's digest; $5: limit. Walks
 * idx_feedback_of_coach.
 */
export function reviewPage(size: PageSize): Statement {
  return {
    name: `reviews_of_coach_${size}`,
    text: `
      SELECT (${jsonPage({
        show: '$5::int',
        sort: 'created_at',
        key: ['created_at::text', 'feedback_id'],
        digest: '$4',
        rows: `
          SELECT created_at, feedback_id, row_to_json(review) AS item
          FROM (
            SELECT ${REVIEW} FROM session_feedback f
            WHERE f.coach_id = c.user_id AND f.is_public AND (f.created_at, f.feedback_id) < ($2::timestamptz, $3::uuid)
            ORDER BY ${NEWEST_FIRST}
            LIMIT ${size + 1}
          ) review`,
      })})
      FROM coaches c WHERE ${BY_NAME}`,
  }
}
