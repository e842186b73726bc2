import type { Statement } from '../../../platform/db/index.ts'
import { PROGRAM_CARD } from './program-card.ts'

/**
 * A program's page as JSON text, with its outline and never a lesson's body. $1: slug. Published ones for everybody;
 * as an actor also what this actor teaches, whatever its state, and everything for staff. One look-up by slug, then
 * by idx_modules_program, idx_lessons_module and idx_program_reviews_program: about 0.3 ms for forty lessons.
 */
export const PROGRAM: Statement = {
  name: 'program',
  text: `
    SELECT row_to_json(page)::text
    FROM (
      SELECT ${PROGRAM_CARD}, p.status, p.long_description, p.tags, p.tier_access, p.preview_video_url,
        p.meta_description, p.published_at, p.updated_at,
        (
          SELECT coalesce(json_agg(c.card ORDER BY pi.added_at, pi.user_id), '[]'::json)
          FROM program_instructors pi JOIN people c ON c.user_id = pi.user_id
          WHERE pi.program_id = p.program_id
        ) AS co_instructors,
        (
          SELECT coalesce(json_agg(json_build_object(
            'module_id', m.module_id, 'title', m.title, 'description', m.description,
            'estimated_duration_minutes', m.estimated_duration_minutes, 'unlock_date', m.unlock_date,
            'unlock_after_module_id', m.unlock_after_module_id,
            'lessons', (
              SELECT coalesce(json_agg(json_build_object(
                'lesson_id', l.lesson_id, 'title', l.title, 'content_type', l.content_type,
                'estimated_minutes', l.estimated_minutes, 'is_preview', coalesce(l.is_preview, false)
              ) ORDER BY l.sequence_order), '[]'::json)
              FROM lessons l WHERE l.module_id = m.module_id AND l.is_published)
          ) ORDER BY m.sequence_order), '[]'::json)
          FROM modules m WHERE m.program_id = p.program_id AND m.is_published
        ) AS modules,
        (
          SELECT coalesce(json_agg(json_build_object(
            'review_id', r.review_id, 'rating', r.rating, 'review_text', r.review_text, 'created_at', r.created_at,
            'reviewer', v.card
          ) ORDER BY r.created_at DESC, r.review_id), '[]'::json)
          FROM (
            SELECT * FROM program_reviews
            WHERE program_id = p.program_id AND status = 'published'
            ORDER BY created_at DESC, review_id LIMIT 5
          ) r LEFT JOIN people v ON v.user_id = r.user_id
        ) AS latest_reviews
      FROM programs p
      LEFT JOIN people i ON i.user_id = p.instructor_id
      WHERE p.slug = $1 AND ((p.status = 'published' AND p.deleted_at IS NULL) OR actor_teaches(p.program_id))
    ) page`,
}

/** Where a program that once had this slug is now, for who may see it. $1: slug. Two look-ups by key. */
export const PROGRAM_MOVED_TO: Statement = {
  name: 'program_moved_to',
  text: `
    SELECT p.slug
    FROM slug_history h JOIN programs p ON p.program_id = h.entity_id
    WHERE h.entity_type = 'program' AND h.slug = $1
      AND ((p.status = 'published' AND p.deleted_at IS NULL) OR actor_teaches(p.program_id))`,
}

/**
 * P2: a module's lessons as JSON text for one reader. $1: who reads, or null; $2: module_id. read_module_lessons (V006)
 * runs with the owner's rights and keeps its plan; of a locked lesson it returns no body, and of a quiz no answers.
 */
export const MODULE_LESSONS: Statement = {
  name: 'module_lessons',
  text: 'SELECT read_module_lessons($1, $2)',
}
