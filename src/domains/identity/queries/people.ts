import { sql } from 'kysely'
import type { Db, Statement } from '../../../platform/db/index.ts'

/** How an address names a person: by username, or by id, which everybody has. */
export type Handle = 'username' | 'user_id'

const FOUND_BY: Readonly<Record<Handle, string>> = {
  username: 'lower(p.username) = lower($1)',
  user_id: 'p.user_id = $1::uuid',
}

/**
 * A person as JSON text for its reader, after 36 characters that are the id to look presence up by, or blanks where that
 * is not the reader's to see; NULL where the reader finds nobody. $1: the handle. Look-ups by unique key: the account,
 * its profile, settings, both blocks and the coach's role, and by row security what the reader follows and mutes.
 */
export function personPage(handle: Handle): Statement {
  return {
    name: `person_by_${handle}`,
    text: `
      SELECT CASE WHEN p.shows_presence THEN p.user_id::text ELSE repeat(' ', 36) END || row_to_json(person)::text
      FROM people p CROSS JOIN LATERAL (
        SELECT p.user_id, p.username, p.full_name, p.profile_photo_url, p.profile,
          CASE WHEN p.user_id <> actor_id() THEN (
            SELECT row_to_json(relation) FROM (
              SELECT
                EXISTS (SELECT FROM user_connections
                  WHERE follower_id = actor_id() AND following_id = p.user_id) AS following,
                EXISTS (SELECT FROM user_connections
                  WHERE follower_id = p.user_id AND following_id = actor_id()) AS followed_by,
                EXISTS (SELECT FROM user_mutes WHERE muter_id = actor_id() AND muted_id = p.user_id) AS muted,
                p.is_blocked_by_reader AS blocked
            ) relation) END AS relation
      ) person
      WHERE ${FOUND_BY[handle]} AND NOT p.hides_from_reader`,
  }
}

/** The present address of who gave up a username in the last thirty days. $1: that name. */
export const RENAMED_PERSON: Statement = { name: 'renamed_person', text: 'SELECT renamed_to($1)' }

/** Who an address names, as JSON text `{user_id, visible}`; NULL where the reader finds nobody. $1: the handle. */
export function personFound(handle: Handle): Statement {
  return {
    name: `person_found_by_${handle}`,
    text: `
      SELECT json_build_object('user_id', p.user_id, 'visible', p.visible)::text
      FROM people p WHERE ${FOUND_BY[handle]} AND NOT p.hides_from_reader`,
  }
}

/** Which of these people show the actor whether they are online, as a JSON list of ids. $1: ids. */
export const SHARERS_OF_PRESENCE: Statement = {
  name: 'sharers_of_presence',
  text: `
    SELECT coalesce(json_agg(p.user_id), '[]')::text FROM people p
    WHERE p.user_id = ANY ($1::uuid[]) AND p.shows_presence AND NOT p.hides_from_reader`,
}

/** Whether there is such a person; undefined when not. `hides_from_reader`: they have blocked the actor. */
export function standingOf(db: Db, userId: string) {
  return db.selectFrom('people').select('hides_from_reader').where('user_id', '=', userId).executeTakeFirst()
}

/** Whether either has blocked the other. Past row security, so that neither learns which. */
export async function isBlockedBetween(db: Db, one: string, other: string): Promise<boolean> {
  const { blocked } = await db
    .selectNoFrom(sql<boolean>`is_blocked_between(${one}, ${other})`.as('blocked'))
    .executeTakeFirstOrThrow()
  return blocked
}

/** Whether `to` takes messages from `from`, by their settings, follows and blocks; false for who is not active. */
export async function mayMessage(db: Db, from: string, to: string): Promise<boolean> {
  const { may } = await db
    .selectNoFrom(sql<boolean>`may_message(${from}, ${to})`.as('may'))
    .executeTakeFirstOrThrow()
  return may
}
