import { CompiledQuery } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

/** `reply`: JSON text, null when the lesson is locked; `lockedBy` then says by what. */
export type LessonReading = {
  lockedBy: 'enrollment' | 'date' | 'sequence' | null
  reply: string | null
}

/**
 * One lesson for one reader (null: anybody), with its place and its neighbours. Undefined when there is none to be seen.
 * Who may have which body is decided by read_module_lessons (V006) alone, which also reads the module's other bodies:
 * some 20 KB in the database, 0.5 ms in all, and none of them is sent.
 */
export async function readLessonRow(
  db: Db,
  readerId: string | null,
  lessonId: string,
): Promise<LessonReading | undefined> {
  const { rows } = await db.executeQuery<LessonReading>(CompiledQuery.raw(LESSON, [readerId, lessonId]))
  return rows[0]
}

// $1 who reads, or null; $2 lesson.
const LESSON = `
  WITH module AS (
    SELECT m.module_id, m.program_id, read_module_lessons($1, m.module_id)::jsonb AS page
    FROM lessons l JOIN modules m USING (module_id)
    WHERE l.lesson_id = $2
  ), outline AS (
    SELECT l.lesson_id, m.module_id,
      row_number() OVER program AS number, count(*) OVER () AS total,
      row_number() OVER (PARTITION BY m.module_id ORDER BY l.sequence_order) AS number_in_module,
      count(*) OVER (PARTITION BY m.module_id) AS total_in_module,
      lag(card) OVER program AS previous, lead(card) OVER program AS next
    FROM module
    JOIN modules m ON m.program_id = module.program_id AND (m.is_published OR m.module_id = module.module_id)
    JOIN lessons l ON l.module_id = m.module_id AND l.is_published
    CROSS JOIN LATERAL (
      SELECT jsonb_build_object(
        'lesson_id', l.lesson_id, 'title', l.title, 'module_id', m.module_id, 'module_title', m.title,
        'is_preview', coalesce(l.is_preview, false)) AS card
    ) c
    WINDOW program AS (ORDER BY m.sequence_order, l.sequence_order)
  )
  SELECT CASE WHEN (item -> 'locked')::boolean THEN module.page ->> 'locked_by' END AS "lockedBy",
    CASE WHEN NOT (item -> 'locked')::boolean THEN (
      item - 'locked' - 'sequence_order' || jsonb_build_object(
        'is_preview', coalesce((item ->> 'is_preview')::boolean, false),
        'enrolled', module.page -> 'enrolled',
        'module', jsonb_build_object(
          'module_id', module.module_id, 'title', module.page -> 'title',
          'lesson_number', o.number_in_module, 'lesson_count', o.total_in_module),
        'program', jsonb_build_object(
          'program_id', p.program_id, 'slug', p.slug, 'title', p.title, 'language', p.language,
          'pricing_type', p.pricing_type, 'lesson_number', o.number, 'lesson_count', o.total),
        'previous', o.previous, 'next', o.next))::text
    END AS reply
  FROM module
  JOIN programs p ON p.program_id = module.program_id
  JOIN outline o ON o.lesson_id = $2
  JOIN LATERAL jsonb_array_elements(module.page -> 'items') item ON item ->> 'lesson_id' = $2::uuid::text`
