import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

/** A profile as its owner reads it, as JSON text, and a tag that changes with what its owner may change. */
export type OwnProfile = { readonly json: string; readonly tag: string }

/** Every one may be given as NULL. */
const TEXTS = [
  'brand_name',
  'tagline',
  'bio',
  'mission_statement',
  'occupation',
  'industry',
  'availability_status',
]
const LISTS = ['certifications', 'portfolio_urls', 'coaching_specialties', 'coaching_languages']
const OBJECTS = ['location', 'social_links']
const OTHERS = ['years_experience', 'show_email', 'show_phone', 'hourly_rate', 'currency']

const TAG = `md5(ROW(${[...TEXTS, ...LISTS, ...OBJECTS, ...OTHERS].map((name) => `p.${name}`).join(', ')})::text)`

/** Needs user_profiles as p. */
const OWN = sql.raw(`
  ${TAG} AS tag,
  (SELECT row_to_json(own)::text
   FROM (
     SELECT
       p.brand_name, p.tagline, p.bio, p.mission_statement, p.occupation, p.industry, p.years_experience, p.location,
       p.show_email, p.show_phone, p.social_links, p.skills, p.certifications, p.portfolio_urls,
       money_json(p.hourly_rate, p.currency) AS hourly_rate, p.availability_status, p.coaching_specialties,
       p.coaching_languages,
       p.session_count, p.rating_average, p.rating_count, p.profile_photo_url, p.cover_photo_url,
       p.post_count, p.follower_count, p.following_count,
       (SELECT seen
        FROM (
          SELECT
            'public' AS name_and_photo,
            s.profile_visibility AS profile,
            CASE WHEN p.show_email THEN s.profile_visibility ELSE 'private' END AS email,
            CASE WHEN p.show_phone THEN s.profile_visibility ELSE 'private' END AS phone
          FROM user_settings s WHERE s.user_id = p.user_id
        ) seen) AS visibility,
       (SELECT completion
        FROM (
          SELECT
            p.profile_completion_percent AS percent,
            coalesce(json_agg(json_build_object('part', c.part, 'percent', c.percent)) FILTER (WHERE c.done IS NOT TRUE), '[]'::json)
              AS missing
          FROM profile_completion(p) c
        ) completion) AS completion,
       p.updated_at
   ) own) AS json`)

export async function ownProfile(db: Db, userId: string): Promise<OwnProfile | undefined> {
  const { rows } =
    await sql<OwnProfile>`SELECT ${OWN} FROM user_profiles p WHERE p.user_id = ${userId}`.execute(db)
  return rows[0]
}

/**
 * `patch`: a JSON merge patch (RFC 7396) over the columns: what it does not name stays, null clears, the members of an
 * object are merged. One text for every combination of fields. Undefined when the profile's tag is none of `expected`: under
 * read committed that is judged again after waiting for another's change, so of two with the same tag one comes true.
 */
export async function patchProfile(
  db: Db,
  userId: string,
  patch: string,
  expected: readonly string[] | null,
): Promise<OwnProfile | undefined> {
  const { rows } = await sql<OwnProfile>`
    UPDATE user_profiles p SET ${sql.join(ASSIGNMENTS)}
    FROM (SELECT ${patch}::jsonb AS fields) patch
    WHERE p.user_id = ${userId} AND (${expected}::text[] IS NULL OR ${sql.raw(TAG)} = ANY (${expected}::text[]))
    RETURNING ${OWN}`.execute(db)
  return rows[0]
}

const ASSIGNMENTS: readonly RawBuilder<unknown>[] = [
  ...TEXTS.map((name) => assign(name, `patch.fields->>'${name}'`)),
  ...LISTS.map((name) => assign(name, `nullif(patch.fields->'${name}', 'null')`)),
  ...OBJECTS.map((name) => assign(name, merged(name))),
  assign('years_experience', `(patch.fields->>'years_experience')::int`),
  assign('show_email', `(patch.fields->>'show_email')::boolean`),
  assign('show_phone', `(patch.fields->>'show_phone')::boolean`),
  assign('hourly_rate', `(patch.fields->>'hourly_rate')::numeric`),
  assign('currency', `patch.fields->>'currency'`),
]

function assign(column: string, value: string): RawBuilder<unknown> {
  return sql.raw(`${column} = CASE WHEN patch.fields ? '${column}' THEN ${value} ELSE p.${column} END`)
}

/** The stored object with the given members in place; without those given as null, and NULL once nothing is left. */
function merged(column: string): string {
  const given = `patch.fields->'${column}'`
  const both = `coalesce(p.${column}, '{}') || (${given})`
  return `nullif(CASE jsonb_typeof(${given}) WHEN 'object' THEN jsonb_strip_nulls(${both}) END, '{}')`
}

/** In force at this moment, whatever the session was told. */
export async function holdsRole(db: Db, userId: string, role: string): Promise<boolean> {
  const { holds } = await db
    .selectNoFrom(sql<boolean>`has_role(${userId}, ${role})`.as('holds'))
    .executeTakeFirstOrThrow()
  return holds
}
