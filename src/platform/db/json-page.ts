/** Pages are read in two sizes, so that strangers cannot make each connection keep a plan for every limit. */
export type PageSize = 20 | 100

/** The size in which a page of `limit` items (1 to 100) is read. */
export function pageSize(limit: number): PageSize {
  return limit <= 20 ? 20 : 100
}

type JsonPage = {
  /** A SELECT in the order of the list, of one row more than the page may show: `item` as JSON, and the key's columns. */
  readonly rows: string
  /** How many to show; this and `digest` are parameters (`$1::int`) or literals. */
  readonly show: string
  /** What the cursor holds: the sort's name, the key as expressions over the rows, the filter's digest. */
  readonly sort: string
  readonly key: readonly string[]
  readonly digest: string
}

/**
 * A SELECT of one row and column: a keyset page as JSON text, `{"items": […], "next_cursor": …}`. The cursor is the key
 * of the last item shown, NULL when nothing comes after it. Its place is written by `cursor_text` (V001) as
 * `encodeCursor` of platform/cursor.ts would.
 */
export function jsonPage({ rows, show, sort, key, digest }: JsonPage): string {
  return `
    SELECT json_build_object(
      'items', coalesce(json_agg(item ORDER BY place) FILTER (WHERE place <= ${show}), '[]'::json),
      'next_cursor', max(cursor_text('${sort}', json_build_array(${key.join(', ')}), ${digest}))
        FILTER (WHERE place = ${show} AND total > ${show}))::text AS page
    FROM (
      SELECT row_number() OVER () AS place, count(*) OVER () AS total, found.*
      FROM (${rows}) found
    ) numbered`
}
