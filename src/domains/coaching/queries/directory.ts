import { jsonPage, type PageSize, pageSize, type Statement } from '../../../platform/db/index.ts'
import { COACH_CARD } from './coach-card.ts'

/** What a reader asks of a coach; `max_rate` as the DECIMAL text of its currency. */
export type CoachFilter = {
  readonly skill?: string
  readonly country?: string
  readonly min_rating?: number
  readonly max_rate?: string
  readonly currency?: string
}

/** The order of the directory, with every part ascending: NULL ratings come after all others as 1. */
const RANK = 'coalesce(-c.rating_average, 1), -c.session_count, c.user_id'

/**
 * CASE hides the containment from GIN and its guess of 1 in 100: for a skill of every fifth coach a bitmap joined and
 * sorted 1,400 rows (11 ms, 5,000 coaches among 100,000 people), the walk stops after about a hundred (0.6 ms). A skill
 * that nobody has costs the walk's whole length, 3 ms. A rating is a bound of the walk, so it ends there.
 */
const CONDITIONS: Readonly<Record<keyof CoachFilter, (mark: string) => string>> = {
  skill: (mark) => `CASE WHEN c.skills @> jsonb_build_array(${mark}::text) THEN true END`,
  country: (mark) => `c.location->>'country' = ${mark}`,
  min_rating: (mark) => `coalesce(-c.rating_average, 1) <= -(${mark}::numeric)`,
  max_rate: (mark) => `c.hourly_rate <= ${mark}::numeric`,
  currency: (mark) => `c.currency = ${mark}`,
}

/**
 * P4: a page of the directory as JSON text. $1 to $3: the cursor's rank; $4: the filter's digest; $5: how many to
 * show; then the filters. Walks idx_profiles_coach_country where a country is given, idx_profiles_coach_rank
 * otherwise, from the cursor on, and looks up role, account and settings of the few that pass. One text for each
 * combination of filters, so that each has a plan of its own; the limit is a literal for the plan's sake, and one of
 * two, so that a connection never holds more than 48 of them.
 */
export function coachPage(
  filter: CoachFilter,
  page: { readonly after: readonly string[]; readonly digest: string; readonly show: number },
): { statement: Statement; values: readonly string[] } {
  const named = FILTERS.filter((name) => filter[name] !== undefined)
  const where = named.map((name, index) => `AND ${CONDITIONS[name](`$${index + 6}`)}`).join(' ')
  const size = pageSize(page.show)
  return {
    statement: { name: ['coach_page', ...named, size].join('_'), text: pageText(where, size) },
    values: [...page.after, page.digest, String(page.show), ...named.map((name) => String(filter[name]))],
  }
}

const FILTERS = ['skill', 'country', 'min_rating', 'max_rate', 'currency'] as const

function pageText(where: string, size: PageSize): string {
  return jsonPage({
    show: '$5::int',
    sort: 'coach_rank',
    key: ['rating_rank::text', 'session_rank::text', 'user_id'],
    digest: '$4',
    rows: `
      SELECT coalesce(-rating_average, 1) AS rating_rank, -session_count AS session_rank, user_id, row_to_json(page) AS item
      FROM (
        SELECT ${COACH_CARD}
        FROM coaches c
        WHERE (${RANK}) > ($1::numeric, $2::int, $3::uuid) ${where}
        ORDER BY ${RANK}
        LIMIT ${size + 1}
      ) page`,
  })
}
