import { CompiledQuery } from 'kysely'
import { type Db, jsonPage, type PageSize, type Statement } from '../../../platform/db/index.ts'
import { PROGRAM_CARD } from './program-card.ts'

const COLUMNS = {
  category: 'category',
  level: 'difficulty_level',
  language: 'language',
  pricing: 'pricing_type',
} as const

export type ProgramFilter = keyof typeof COLUMNS
export const PROGRAM_FILTERS = Object.keys(COLUMNS) as ProgramFilter[]

const IS_PUBLISHED = `p.status = 'published' AND p.deleted_at IS NULL`
/** To the letter the expression of idx_programs_fts, or the index does not serve. */
const DOCUMENT =
  "search_document(p.language, coalesce(p.title, '') || ' ' || coalesce(p.category, '') || ' ' || coalesce(p.description, ''))"

/**
 * A page of the catalogue as JSON text, popular first. $1: limit; $2, $3: the cursor's enrollment_count and
 * program_id; $4: the filter's digest; from $5: the filters' values in their order here. Walks idx_programs_popular
 * from the cursor and stops after the page; filters that leave few take idx_programs_category and sort those, or pass
 * over the programs that they do not want, of which there are thousands at most. Filters are spelled out, and the size
 * is a literal, so that the plan made once knows how little it must read.
 */
export function popularPage(size: PageSize, filters: readonly ProgramFilter[]): Statement {
  return {
    name: ['programs_popular', ...filters, size].join('_'),
    text: page(
      'enrollment_count',
      `
      SELECT p.program_id, p.enrollment_count AS place_key
      FROM programs p
      WHERE ${IS_PUBLISHED} AND (p.enrollment_count, p.program_id) < ($2::int, $3::uuid) ${where(filters, 5)}
      ORDER BY p.enrollment_count DESC, p.program_id DESC
      LIMIT ${size + 1}`,
    ),
  }
}

/**
 * A page of what a search found as JSON text, best first. $1 to $4 as above, the key being rank and program_id; $5: the
 * words; from $6: the filters' values. idx_programs_fts finds the programs; each found one is parsed again for its
 * rank, about 0.1 ms a program (2 ms for ten, 0.3 s for a word that 4,000 share): on the pool, away from the hot lines.
 * The rank is rounded, so that the cursor's text is the very number that it is compared with.
 */
export async function searchPage(
  db: Db,
  size: PageSize,
  filters: readonly ProgramFilter[],
  values: readonly unknown[],
): Promise<string> {
  const { rows } = await db.executeQuery<{ page: string }>(
    CompiledQuery.raw(searchText(size, filters), [...values]),
  )
  return rows[0]?.page ?? ''
}

/** The statement of `searchPage`; a test reads its plan. */
export function searchText(size: PageSize, filters: readonly ProgramFilter[]): string {
  return page(
    'rank',
    `
      SELECT program_id, place_key
      FROM (
        SELECT p.program_id, round(ts_rank(${DOCUMENT}, search_query($5))::numeric, 6) AS place_key
        FROM programs p
        WHERE ${IS_PUBLISHED} AND ${DOCUMENT} @@ search_query($5) ${where(filters, 6)}
      ) found
      WHERE (place_key, program_id) < ($2::numeric, $3::uuid)
      ORDER BY place_key DESC, program_id DESC
      LIMIT ${size + 1}`,
  )
}

/** What the list's address may be cached under is old once one of these changed: their present and past slugs. */
export async function slugsOf(db: Db, programIds: readonly string[]): Promise<string[]> {
  const present = db
    .selectFrom('programs')
    .select('slug')
    .where('program_id', 'in', [...programIds])
  const past = db
    .selectFrom('slug_history')
    .select('slug')
    .where('entity_type', '=', 'program')
    .where('entity_id', 'in', [...programIds])
  const rows = await present.union(past).execute()
  return rows.map((row) => row.slug)
}

/** `keys` gives program_id and place_key in order; only the programs of the page are joined and made into cards. */
function page(sort: string, keys: string): string {
  return jsonPage({
    show: '$1::int',
    sort,
    key: ['place_key::text', 'program_id'],
    digest: '$4',
    rows: `
      SELECT k.place_key, k.program_id, (SELECT row_to_json(program) FROM (SELECT ${PROGRAM_CARD}) program) AS item
      FROM (${keys}) k
      JOIN programs p ON p.program_id = k.program_id
      LEFT JOIN people i ON i.user_id = p.instructor_id
      ORDER BY k.place_key DESC, k.program_id DESC`,
  })
}

function where(filters: readonly ProgramFilter[], first: number): string {
  return filters.map((filter, index) => `AND p.${COLUMNS[filter]} = $${first + index}`).join(' ')
}
