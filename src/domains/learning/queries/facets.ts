import type { Statement } from '../../../platform/db/index.ts'

/**
 * What the published programs may be filtered by, with how many there are of each, as JSON text: most first. Reads the
 * published programs once, 2 ms for four thousand; kept by the cache. Languages and levels that no program has are absent.
 */
export const PROGRAM_FACETS: Statement = {
  name: 'program_facets',
  text: `
    WITH published AS (
      SELECT category, difficulty_level, language, pricing_type
      FROM programs WHERE status = 'published' AND deleted_at IS NULL
    )
    SELECT json_build_object(
      'categories', ${facet('category')},
      'levels', ${facet('difficulty_level')},
      'languages', ${facet('language')},
      'pricings', ${facet('pricing_type')})::text`,
}

function facet(column: string): string {
  return `(
    SELECT coalesce(json_agg(json_build_object('value', value, 'count', n) ORDER BY n DESC, value), '[]'::json)
    FROM (
      SELECT ${column} AS value, count(*) AS n FROM published
      WHERE ${column} IS NOT NULL GROUP BY ${column} ORDER BY n DESC, value LIMIT 100
    ) f)`
}
