import { jsonPage, type PageSize, type Statement } from '../../../platform/db/index.ts'

/** What everybody may know of a partner: neither contacts, terms nor figures. Needs partners as p. */
const CARD = `
  p.partner_id, p.slug, p.organization_name, p.partner_type, p.description, p.website_url, p.logo_url,
  CASE WHEN p.headquarters_location IS NOT NULL THEN json_build_object(
    'country', p.headquarters_location->>'country', 'city', p.headquarters_location->>'city') END AS headquarters,
  coalesce(p.operating_regions, '[]'::jsonb) AS operating_regions, p.partnership_tier,
  coalesce(p.is_featured, false) AS is_featured`

const IS_THERE = `p.status = 'active' AND p.deleted_at IS NULL`
const PLACE = `(p.is_featured IS NOT TRUE)::int, fold_text(p.organization_name), p.partner_id`

/**
 * A page of the active partners as JSON text, featured ones first, then by name. $1 to $3: the cursor's place; $4: the filter's
 * digest; $5: limit; $6: type; $7: where they are or work. There are some hundreds, which are sorted.
 */
export function partnerPage(size: PageSize): Statement {
  return {
    name: `partners_${size}`,
    text: jsonPage({
      show: '$5::int',
      sort: 'partner_name',
      key: ['rank::text', 'folded', 'partner_id'],
      digest: '$4',
      rows: `
        SELECT (page.is_featured IS NOT TRUE)::int AS rank, fold_text(page.organization_name) AS folded, page.partner_id,
          row_to_json(page) AS item
        FROM (
          SELECT ${CARD} FROM partners p
          WHERE ${IS_THERE} AND ($6::text IS NULL OR p.partner_type = $6)
            AND ($7::text IS NULL OR p.headquarters_location->>'country' = $7
              OR p.operating_regions @> jsonb_build_array($7::text))
            AND (${PLACE}) > ($1::int, $2::text, $3::uuid)
          ORDER BY ${PLACE}
          LIMIT ${size + 1}
        ) page`,
    }),
  }
}

/** An active partner as JSON text. $1: the address. */
export const PARTNER: Statement = {
  name: 'partner',
  text: `SELECT row_to_json(item)::text FROM (SELECT ${CARD} FROM partners p WHERE p.slug = $1 AND ${IS_THERE}) item`,
}

/** The present address of an active partner that had another one. $1: the old address. */
export const MOVED_PARTNER: Statement = {
  name: 'moved_partner',
  text: `
    SELECT p.slug FROM slug_history h JOIN partners p ON p.partner_id = h.entity_id
    WHERE h.entity_type = 'partner' AND h.slug = $1 AND ${IS_THERE}`,
}

/** For whom somebody acts, as JSON text, the longest first; also those that are not active now. $1: user_id. */
export const PARTNERS_OF: Statement = {
  name: 'partners_of_person',
  text: `
    SELECT json_build_object('items', coalesce(json_agg(item), '[]'::json))::text
    FROM (
      SELECT p.partner_id, p.slug, p.organization_name, p.partner_type, p.logo_url, p.status, m.role, m.joined_at
      FROM partner_members m JOIN partners p ON p.partner_id = m.partner_id
      WHERE m.user_id = $1 AND p.deleted_at IS NULL
      ORDER BY m.joined_at, m.partner_id LIMIT 500
    ) item`,
}
