/**
 * What keeps a module from its enrolled reader: `date`, `sequence`, or NULL. As `read_module_lessons` (V006) decides: by
 * date, or by an unfinished published lesson of a published module before it, so that a module that was taken away locks
 * nobody out. Needs modules as m; `reader` is an expression. A look-up for each lesson of the module before, where there is one.
 */
export function moduleLock(reader: string): string {
  return `
    CASE
      WHEN m.unlock_date > now() THEN 'date'
      WHEN m.unlock_after_module_id IS NOT NULL AND EXISTS (
        SELECT FROM lessons b
        JOIN modules bm ON bm.module_id = b.module_id AND bm.is_published
        LEFT JOIN lesson_progress bp ON bp.user_id = ${reader} AND bp.lesson_id = b.lesson_id
        WHERE b.module_id = m.unlock_after_module_id AND b.is_published AND bp.completed_at IS NULL)
      THEN 'sequence'
    END`
}
