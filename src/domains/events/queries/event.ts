import type { Statement } from '../../../platform/db/index.ts'

const TICKET = `
  t.ticket_id, t.name, t.description, t.perks, money_json(t.price, coalesce(t.currency, 'USD')) AS price,
  t.sale_starts_at, t.sale_ends_at, t.quantity_available - coalesce(t.quantity_sold, 0) AS remaining,
  coalesce(e.status = 'published'
    AND coalesce(t.sale_starts_at, '-infinity') <= now() AND coalesce(t.sale_ends_at, 'infinity') > now()
    AND (t.quantity_available IS NULL OR t.quantity_available > coalesce(t.quantity_sold, 0)), false) AS on_sale`

/**
 * P5: an event with its tickets as JSON text, for who may see it (drafts: organizers and staff, by the policy on
 * events). $1: the address. Look-ups by unique key and idx_event_tickets_event. The columns are named one by one,
 * since the way into the meeting (virtual_link, meeting_id, meeting_password) and the recording are for those who
 * registered. registration_count is moved with each registration (R27), so nothing is counted.
 */
export const EVENT: Statement = {
  name: 'event',
  text: `
    SELECT row_to_json(event)::text
    FROM (
      SELECT e.event_id, e.slug, e.title, e.description, e.agenda, e.language, e.event_date, e.end_date, e.timezone,
        e.duration_minutes, e.location_type, e.physical_address, e.city, e.country, e.virtual_platform, e.banner_image_url, e.status,
        e.is_featured, e.requires_approval, e.meta_description, e.published_at, e.updated_at,
        e.registration_opens_at, e.registration_closes_at, e.capacity_limit,
        coalesce(e.registration_count, 0) AS registration_count,
        e.capacity_limit - coalesce(e.registration_count, 0) AS spots_remaining,
        coalesce(e.status = 'published'
          AND coalesce(e.registration_opens_at, '-infinity') <= now()
          AND coalesce(e.registration_closes_at, e.end_date, e.event_date) > now(), false) AS registration_open,
        (SELECT p.card FROM people p WHERE p.user_id = e.organizer_id) AS organizer,
        (SELECT coalesce(json_agg(p.card ORDER BY o.added_at, o.user_id), '[]'::json)
         FROM event_organizers o JOIN people p ON p.user_id = o.user_id
         WHERE o.event_id = e.event_id) AS co_organizers,
        coalesce(e.speakers, '[]'::jsonb) AS speakers,
        (SELECT coalesce(json_agg(ticket), '[]'::json)
         FROM (SELECT ${TICKET} FROM event_tickets t
               WHERE t.event_id = e.event_id AND t.is_active ORDER BY t.price, t.ticket_id) ticket) AS tickets
      FROM events e WHERE e.slug = $1
    ) event`,
}

/** The present address of an event that had another one, for who may see the event. $1: the old address. */
export const MOVED_EVENT: Statement = {
  name: 'moved_event',
  text: `
    SELECT e.slug FROM slug_history h JOIN events e ON e.event_id = h.entity_id
    WHERE h.entity_type = 'event' AND h.slug = $1`,
}
