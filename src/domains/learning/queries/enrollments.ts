import { sql } from 'kysely'
import { type Db, jsonPage, type PageSize, type Statement } from '../../../platform/db/index.ts'
import { NEXT_LESSON } from './next-lesson.ts'
import { PROGRAM_CARD } from './program-card.ts'

/** An enrolment with its program, whatever became of that. Needs enrollments as e, programs as p and people as i. */
const ENROLLMENT_ITEM = `
  e.enrollment_id, e.enrollment_date, e.status, e.progress_percent, e.payment_type, e.current_module_id,
  e.current_lesson_id, e.last_accessed_at, e.completion_date,
  ${NEXT_LESSON} AS next_lesson,
  (SELECT row_to_json(program) FROM (SELECT ${PROGRAM_CARD}) program) AS program`

const ITS_PROGRAM = `
  JOIN programs p ON p.program_id = e.program_id
  LEFT JOIN people i ON i.user_id = p.instructor_id`

/** One's own enrolment in a program as JSON text. $1: whose; $2: program_id. By the unique key. */
export const ENROLLMENT: Statement = {
  name: 'enrollment',
  text: `
    SELECT row_to_json(item)::text
    FROM (
      SELECT ${ENROLLMENT_ITEM} FROM enrollments e ${ITS_PROGRAM} WHERE e.user_id = $1 AND e.program_id = $2
    ) item`,
}

/**
 * A page of one's own enrolments as JSON text, newest first. $1: whose; $2: limit; $3, $4: the cursor's
 * enrollment_date and enrollment_id; $5: the filter's digest; $6: the status, where there is one. idx_enrollments_user
 * gives the person's rows, some dozens, which are sorted; only those of the page meet their programs.
 */
export function enrollmentPage(size: PageSize, status: string | undefined): Statement {
  return {
    name: `enrollments_of_person_${status === undefined ? '' : 'by_status_'}${size}`,
    text: jsonPage({
      show: '$2::int',
      sort: 'enrollment_date',
      key: ['enrollment_date::text', 'enrollment_id'],
      digest: '$5',
      rows: `
        SELECT e.enrollment_date, e.enrollment_id,
          (SELECT row_to_json(one) FROM (SELECT ${ENROLLMENT_ITEM}) one) AS item
        FROM (
          SELECT * FROM enrollments
          WHERE user_id = $1 ${status === undefined ? '' : 'AND status = $6'}
            AND (enrollment_date, enrollment_id) < ($3::timestamptz, $4::uuid)
          ORDER BY enrollment_date DESC, enrollment_id DESC
          LIMIT ${size + 1}
        ) e ${ITS_PROGRAM}
        ORDER BY e.enrollment_date DESC, e.enrollment_id DESC`,
    }),
  }
}

/** How someone stands with a program: undefined when it is not there to be enrolled in. `status`: null when never enrolled. */
export function enrollmentStanding(db: Db, userId: string, programId: string) {
  return db
    .selectFrom('programs as p')
    .leftJoin('enrollments as e', (join) =>
      join.onRef('e.program_id', '=', 'p.program_id').on('e.user_id', '=', userId),
    )
    .select(['p.pricing_type', 'e.status'])
    .where('p.program_id', '=', programId)
    .where('p.status', '=', 'published')
    .where('p.deleted_at', 'is', null)
    .executeTakeFirst()
}

/**
 * Enrols for free, or again after dropping out, with the progress of then. Undefined when the same person was first on
 * another connection. Of the program it holds KEY SHARE alone, so that two hundred at once do not wait for each other
 * or for the fold of its counters, which follow by delta (R15). `created` is told by xmax: 0 in a row that is new.
 */
export function upsertEnrollment(db: Db, userId: string, programId: string) {
  return db
    .insertInto('enrollments')
    .values({ user_id: userId, program_id: programId, payment_type: 'free' })
    .onConflict((conflict) =>
      conflict
        .columns(['user_id', 'program_id'])
        .doUpdateSet({ status: 'active' })
        .where('enrollments.status', '=', 'dropped'),
    )
    .returning(['enrollment_id', sql<boolean>`xmax = 0`.as('created')])
    .executeTakeFirst()
}
