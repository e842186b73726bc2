import { jsonPage, type PageSize, type Statement } from '../../../platform/db/index.ts'

/** What can be had for nothing: an event without tickets, or with one that costs nothing. */
const IS_FREE = `
  NOT EXISTS (SELECT FROM event_tickets t WHERE t.event_id = e.event_id AND t.is_active AND t.price > 0)
  OR EXISTS (SELECT FROM event_tickets t WHERE t.event_id = e.event_id AND t.is_active AND t.price = 0)`

const PRICE = `SELECT money_json(t.price, coalesce(t.currency, 'USD')) FROM event_tickets t
          WHERE t.event_id = e.event_id AND t.is_active ORDER BY t.price`

const CARD = `
  e.event_id, e.slug, e.title, e.language, e.event_date, e.end_date, e.timezone, e.duration_minutes, e.location_type,
  e.physical_address, e.city, e.country, e.virtual_platform, e.banner_image_url, e.status,
  coalesce(e.is_featured, false) AS is_featured, coalesce(e.meta_description, left(e.description, 200)) AS summary,
  e.capacity_limit - coalesce(e.registration_count, 0) AS spots_remaining,
  (${PRICE} LIMIT 1) AS lowest_price, (${PRICE} DESC LIMIT 1) AS highest_price,
  (SELECT p.card FROM people p WHERE p.user_id = e.organizer_id) AS organizer`

const ENDS = 'coalesce(e.end_date, e.event_date + make_interval(mins => coalesce(e.duration_minutes, 0)))'

/** What is not asked for is NULL, so that all filters share a plan: the walk passes over whatever does not fit. */
const FILTERS = `
  ($5::text IS NULL OR e.location_type = $5)
  AND ($6::bool IS NULL OR (e.location_type <> 'physical') = $6)
  AND ($7::text IS NULL OR e.country = $7)
  AND ($8::text IS NULL OR fold_text(e.city) = fold_text($8))
  AND ($9::bool IS NULL OR (${IS_FREE}) = $9)
  AND ($10::timestamptz IS NULL OR e.event_date >= $10)
  AND ($11::timestamptz IS NULL OR e.event_date < $11)
  AND ($12::text IS NULL OR e.event_id = ANY (ARRAY(SELECT events_about($12))))`

/**
 * A page of the events to come as JSON text, the next first. $1, $2: the cursor's event_date and event_id; $3: the filter's
 * digest; $4: limit; $5: place; $6: can be followed online; $7: country; $8: city; $9: can be had for nothing; $10, $11: begins
 * from, before; $12: words. Walks idx_events_listed from a month ago on, since what has begun and is not over still comes.
 */
export function upcomingPage(size: PageSize): Statement {
  return {
    name: `events_upcoming_${size}`,
    text: page(
      'event_date',
      `
          WHERE e.status IN ('published', 'in_progress') AND e.event_date > now() - interval '31 days' AND ${ENDS} > now()
            AND (e.event_date, e.event_id) > ($1::timestamptz, $2::uuid) AND ${FILTERS}
          ORDER BY e.event_date, e.event_id LIMIT ${size + 1}`,
    ),
  }
}

/** A page of what is over, the latest first; otherwise as above. */
export function pastPage(size: PageSize): Statement {
  return {
    name: `events_past_${size}`,
    text: page(
      'event_date_past',
      `
          WHERE e.status IN ('published', 'in_progress', 'completed') AND e.event_date < now()
            AND (e.status = 'completed' OR ${ENDS} <= now())
            AND (e.event_date, e.event_id) < ($1::timestamptz, $2::uuid) AND ${FILTERS}
          ORDER BY e.event_date DESC, e.event_id DESC LIMIT ${size + 1}`,
    ),
  }
}

function page(sort: string, rest: string): string {
  return jsonPage({
    show: '$4::int',
    sort,
    key: ['event_date::text', 'event_id'],
    digest: '$3',
    rows: `
      SELECT event_date, event_id, row_to_json(page) AS item
      FROM (SELECT ${CARD} FROM events e ${rest}) page`,
  })
}
