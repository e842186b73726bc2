import { CompiledQuery } from 'kysely'
import type { Db, Statement } from '../../platform/db/index.ts'

/**
 * P1: a person's own account, profile, settings, roles in force and live membership as JSON text. $1: who asks.
 * read_me (V012) runs with the owner's rights, returns nothing but that person's rows, and keeps its plan: seven
 * look-ups by primary or unique key.
 */
export const ME: Statement = { name: 'me', text: 'SELECT read_me($1)' }

/**
 * What the actor has booked and is to come, the next first, as JSON text: places at events, and hours of coaching on either
 * side. Row security shows only those. $1: how many; $2: who asks.
 */
export const AGENDA: Statement = {
  name: 'agenda',
  text: `
    SELECT json_build_object('items', coalesce(json_agg(item ORDER BY item.starts_at, item.id), '[]'::json))::text
    FROM (
      (SELECT 'event' AS kind, e.event_id AS id, e.event_date AS starts_at, e.duration_minutes, e.title, e.slug,
         e.location_type AS place, r.status,
         (SELECT p.card FROM people p WHERE p.user_id = e.organizer_id) AS "with"
       FROM event_registrations r JOIN events e USING (event_id)
       WHERE r.user_id = $2 AND r.status IN ('registered', 'waitlisted') AND e.status = 'published'
         AND coalesce(e.end_date, e.event_date + interval '1 hour') > now()
       ORDER BY e.event_date LIMIT $1)
      UNION ALL
      (SELECT 'session', s.session_id, s.scheduled_at, s.duration_minutes, s.topic, NULL, 'virtual', s.status,
         (SELECT p.card FROM people p
          WHERE p.user_id = CASE WHEN s.coach_id = $2 THEN s.mentee_id ELSE s.coach_id END)
       FROM coaching_sessions s
       WHERE (s.mentee_id = $2 OR s.coach_id = $2) AND s.status IN ('scheduled', 'confirmed')
         AND s.scheduled_at + s.duration_minutes * interval '1 minute' > now()
         AND s.scheduled_at > now() - interval '1 day'
       ORDER BY s.scheduled_at LIMIT $1)
      ORDER BY starts_at, id LIMIT $1
    ) item`,
}

export type Kind = 'programs' | 'people' | 'posts' | 'events'

/** A look beyond what is shown, for what this reader may not see. */
const MOST = '$2::int * 3'

/** Those who show themselves to the reader and are not blocked either way; the words of a name say who somebody is. */
const SHOWN = 'a.visible AND NOT a.is_blocked_by_reader AND NOT a.hides_from_reader'

const FOUND: Readonly<Record<Kind, string>> = {
  programs: `
    SELECT p.program_id, p.slug, p.title, p.category, p.difficulty_level, p.language, p.pricing_type,
      CASE WHEN p.pricing_type <> 'free' THEN money_json(p.price_amount, p.currency) END AS price, p.thumbnail_url
    FROM search_programs($1, ${MOST}) WITH ORDINALITY AS f(id, place) JOIN programs p ON p.program_id = f.id`,
  people: `
    SELECT a.user_id, a.username, a.full_name, a.profile_photo_url, a.tagline,
      EXISTS (SELECT FROM coaches c WHERE c.user_id = a.user_id) AS is_coach
    FROM search_people($1, ${MOST}) WITH ORDINALITY AS f(id, place) JOIN people a ON a.user_id = f.id
    WHERE ${SHOWN}`,
  posts: `
    SELECT p.post_id, p.slug, p.title, left(p.content, 200) AS excerpt, p.category, p.language, p.published_at,
      a.card AS author
    FROM search_posts($1, ${MOST}) WITH ORDINALITY AS f(id, place) JOIN posts p ON p.post_id = f.id
    LEFT JOIN people a ON a.user_id = p.author_id
    WHERE a.user_id IS NULL OR NOT (a.is_blocked_by_reader OR a.hides_from_reader
      OR EXISTS (SELECT FROM user_mutes WHERE muter_id = actor_id() AND muted_id = p.author_id))`,
  events: `
    SELECT e.event_id, e.slug, e.title, e.language, e.event_date, e.timezone, e.location_type, e.city, e.country, e.status
    FROM search_events($1, ${MOST}) WITH ORDINALITY AS f(id, place) JOIN events e ON e.event_id = f.id`,
}

/**
 * What was found of these kinds as JSON text, the best first; null where it was not asked for. $1: the words; $2: how many of
 * a kind. The functions (V046) walk indexes alone and look at some hundreds of rows each, whatever the words; only what is
 * shown is joined. 2 to 10 ms at 100,000 people and 300,000 posts: on the pool, away from the hot lines.
 */
export async function searchAll(
  db: Db,
  kinds: readonly Kind[],
  words: string,
  limit: number,
): Promise<string> {
  const { rows } = await db.executeQuery<{ found: string }>(
    CompiledQuery.raw(searchText(kinds), [words, limit]),
  )
  return rows[0]?.found ?? ''
}

function searchText(kinds: readonly Kind[]): string {
  const found = Object.entries(FOUND).map(([kind, rows]) =>
    kinds.some((one) => one === kind)
      ? `'${kind}', (SELECT coalesce(json_agg(item), '[]'::json) FROM (${rows} ORDER BY f.place LIMIT $2) item)`
      : `'${kind}', NULL`,
  )
  return `SELECT json_build_object(${found.join(', ')})::text AS found`
}
