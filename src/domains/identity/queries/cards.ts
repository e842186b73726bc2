import { sql } from 'kysely'

export type Card = {
  user_id: string
  username: string | null
  full_name: string
  profile_photo_url: string | null
}

/** The card of whom a column names, for staff. Not from `people`: who did something is told also when they are gone. */
export function cardOf(column: string) {
  return sql<Card | null>`(
    SELECT json_build_object('user_id', u.user_id, 'username', u.username, 'full_name', u.full_name,
      'profile_photo_url', p.profile_photo_url)
    FROM users u LEFT JOIN user_profiles p USING (user_id) WHERE u.user_id = ${sql.ref(column)})`
}
