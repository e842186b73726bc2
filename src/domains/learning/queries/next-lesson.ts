import { moduleLock } from './module-lock.ts'

/**
 * The lesson to go on with as JSON: open before locked, the current one or what follows it before what was passed over;
 * NULL when nothing is left to do, or the enrolment is not in force. Graded work that was handed in (99) waits for its
 * grade, not for the learner. Needs enrollments as e; a look-up a lesson of the program.
 */
export const NEXT_LESSON = `
  CASE WHEN e.status IN ('active', 'completed') THEN (
    SELECT json_build_object(
      'lesson_id', l.lesson_id, 'title', l.title, 'module_id', m.module_id, 'module_title', m.title,
      'content_type', l.content_type, 'estimated_minutes', l.estimated_minutes, 'locked_by', lock.by)
    FROM modules m
    JOIN lessons l ON l.module_id = m.module_id AND l.is_published
    CROSS JOIN LATERAL (
      SELECT CASE WHEN NOT coalesce(l.is_preview, false) THEN ${moduleLock('e.user_id')} END AS by
    ) lock
    LEFT JOIN lesson_progress lp ON lp.user_id = e.user_id AND lp.lesson_id = l.lesson_id
    LEFT JOIN lessons c ON c.lesson_id = e.current_lesson_id
    LEFT JOIN modules cm ON cm.module_id = c.module_id
    WHERE m.program_id = e.program_id AND m.is_published AND lp.completed_at IS NULL
      AND NOT (l.content_type IN ('quiz', 'assignment') AND coalesce(lp.progress_percent, 0) = 99)
    ORDER BY lock.by IS NOT NULL, (m.sequence_order, l.sequence_order) < (cm.sequence_order, c.sequence_order),
      m.sequence_order, l.sequence_order
    LIMIT 1
  ) END`
