import { CompiledQuery } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'
import { moduleLock } from './module-lock.ts'

/**
 * Holds the learner's enrolment in the lesson's program until the transaction ends, so that whoever derives its percent
 * has seen every lesson that was written before. NO KEY UPDATE: rows that refer to the enrolment may still be added.
 * A statement of its own, because the next one then begins with a snapshot taken after the wait. Three look-ups by key.
 */
export async function holdEnrollmentOfLesson(db: Db, userId: string, lessonId: string): Promise<void> {
  await db.executeQuery(CompiledQuery.raw(HOLD_ENROLLMENT, [userId, lessonId]))
}

const HOLD_ENROLLMENT = `
  SELECT 1 FROM enrollments
  WHERE user_id = $1
    AND program_id = (SELECT m.program_id FROM lessons l JOIN modules m USING (module_id) WHERE l.lesson_id = $2)
  FOR NO KEY UPDATE`

export type ProgressReport = {
  userId: string
  lessonId: string
  percent: number
  position: number | null
  clientSessionId: string
  seconds: number
}

/** `reply`: JSON text, null when nothing was written because the reader is not enrolled or the lesson is locked. */
export type ProgressOutcome = { enrolled: boolean; locked: boolean; reply: string | null }

/**
 * W2 under the held enrolment: decides, writes the lesson's progress and time, derives the enrolment. Undefined when
 * there is no such lesson to be seen. All in one statement: parts see each other only through RETURNING, so the sum
 * takes this lesson from there and the others from the snapshot. Costs one look-up per published lesson of the program
 * (0.2 ms for forty) and three row writes; locks those rows, and on a lesson's first report the lesson for KEY SHARE.
 */
export async function writeProgress(db: Db, report: ProgressReport): Promise<ProgressOutcome | undefined> {
  const { userId, lessonId, percent, position, clientSessionId, seconds } = report
  const values = [userId, lessonId, percent, position, clientSessionId, seconds]
  const { rows } = await db.executeQuery<ProgressOutcome>(CompiledQuery.raw(WRITE_PROGRESS, values))
  return rows[0]
}

// $1 user, $2 lesson, $3 percent, $4 position, $5 client session, $6 seconds in it so far.
const WRITE_PROGRESS = `
  WITH place AS (
    SELECT l.lesson_id, l.module_id, m.program_id, e.enrollment_id,
      CASE WHEN l.content_type IN ('quiz', 'assignment') THEN least($3::int, 99) ELSE $3::int END AS percent,
      -- A preview is never locked.
      NOT coalesce(l.is_preview, false) AND (${moduleLock('$1')}) IS NOT NULL AS locked
    FROM lessons l
    JOIN modules m ON m.module_id = l.module_id AND m.is_published
    JOIN programs p ON p.program_id = m.program_id
    LEFT JOIN enrollments e
      ON e.user_id = $1 AND e.program_id = m.program_id AND e.status IN ('active', 'completed')
    WHERE l.lesson_id = $2 AND l.is_published
      AND (e.enrollment_id IS NOT NULL OR (p.status = 'published' AND p.deleted_at IS NULL))
  ), written AS (
    INSERT INTO lesson_progress AS lp
      (user_id, lesson_id, enrollment_id, progress_percent, time_spent_seconds, last_position_seconds, completed_at)
    SELECT $1, place.lesson_id, place.enrollment_id, place.percent,
      -- What this client session adds: nothing when it is replayed or comes out of order.
      greatest(0, $6::int - coalesce((
        SELECT t.seconds FROM lesson_time t
        WHERE t.user_id = $1 AND t.lesson_id = $2 AND t.client_session_id = $5), 0)),
      $4::int, CASE WHEN place.percent = 100 THEN now() END
    FROM place WHERE place.enrollment_id IS NOT NULL AND NOT place.locked
    ON CONFLICT (user_id, lesson_id) DO UPDATE SET
      progress_percent = greatest(lp.progress_percent, excluded.progress_percent),
      time_spent_seconds = coalesce(lp.time_spent_seconds, 0) + excluded.time_spent_seconds,
      last_position_seconds = coalesce(excluded.last_position_seconds, lp.last_position_seconds),
      completed_at = coalesce(lp.completed_at, excluded.completed_at),
      last_accessed_at = now()
    RETURNING lp.lesson_id, lp.progress_percent, lp.completed_at, lp.time_spent_seconds
  ), timed AS (
    INSERT INTO lesson_time AS t (user_id, lesson_id, client_session_id, seconds)
    SELECT $1, written.lesson_id, $5, $6 FROM written
    ON CONFLICT (user_id, lesson_id, client_session_id) DO UPDATE SET seconds = excluded.seconds
      WHERE t.seconds < excluded.seconds
  ), standing AS (
    SELECT (sum(CASE WHEN l.lesson_id = w.lesson_id THEN w.progress_percent
                     ELSE coalesce(other.progress_percent, 0) END) / count(*))::int AS percent
    FROM written w
    CROSS JOIN place
    JOIN modules m ON m.program_id = place.program_id AND m.is_published
    JOIN lessons l ON l.module_id = m.module_id AND l.is_published
    LEFT JOIN lesson_progress other ON other.user_id = $1 AND other.lesson_id = l.lesson_id
  ), derived AS (
    UPDATE enrollments e SET
      progress_percent = standing.percent,
      current_module_id = place.module_id,
      current_lesson_id = place.lesson_id,
      last_accessed_at = now(),
      status = CASE WHEN standing.percent = 100 THEN 'completed' ELSE e.status END,
      completion_date = CASE WHEN standing.percent = 100 THEN coalesce(e.completion_date, now()) ELSE e.completion_date END
    FROM place, standing, written
    WHERE e.enrollment_id = place.enrollment_id AND e.user_id = $1
    RETURNING e.enrollment_id, e.progress_percent, e.status, e.completion_date
  )
  SELECT place.enrollment_id IS NOT NULL AS enrolled, place.locked, (
    SELECT json_build_object(
      'lesson_id', written.lesson_id, 'progress_percent', written.progress_percent,
      'completed_at', written.completed_at, 'time_spent_seconds', written.time_spent_seconds,
      'enrollment', row_to_json(derived))::text
    FROM written, derived) AS reply
  FROM place`
