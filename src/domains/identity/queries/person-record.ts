import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'
import type { RoleName } from './roles.ts'

export type PersonRow = {
  user_id: string
  email: string
  email_verified: boolean | null
  username: string | null
  full_name: string
  phone_number: string | null
  phone_verified: boolean | null
  status: string
  created_at: string | null
  last_login: string | null
  profile: {
    profile_photo_url: string | null
    brand_name: string | null
    tagline: string | null
    occupation: string | null
    location: unknown
    profile_completion_percent: number | null
    post_count: number | null
    follower_count: number | null
    following_count: number | null
  } | null
  roles: { role: RoleName; expires_at: string | null }[]
  session_count: number
  has_password: boolean
  has_second_factor: boolean
  failed_login_attempts: number
  locked_until: string | null
}

/** What staff see of an account; whether there is a secret, and never one. By primary and unique keys, some seven look-ups. */
export async function personRecord(db: Db, userId: string): Promise<PersonRow | undefined> {
  const { rows } = await sql<PersonRow>`
    SELECT u.user_id, u.email, u.email_verified, u.username, u.full_name, u.phone_number, u.phone_verified, u.status,
      u.created_at, u.last_login,
      (SELECT row_to_json(profile)
       FROM (SELECT p.profile_photo_url, p.brand_name, p.tagline, p.occupation, p.location, p.profile_completion_percent,
               p.post_count, p.follower_count, p.following_count
             FROM user_profiles p WHERE p.user_id = u.user_id) profile) AS profile,
      (SELECT coalesce(json_agg(json_build_object('role', r.role_name, 'expires_at', r.expires_at) ORDER BY r.role_name), '[]')
       FROM user_roles r
       WHERE r.user_id = u.user_id AND r.revoked_at IS NULL
         AND r.valid_from <= now() AND (r.expires_at IS NULL OR r.expires_at > now())) AS roles,
      (SELECT count(*)::int FROM sessions s WHERE s.user_id = u.user_id AND s.expires_at > now()) AS session_count,
      u.password_hash IS NOT NULL AS has_password, coalesce(u.two_factor_enabled, false) AS has_second_factor,
      coalesce(u.failed_login_attempts, 0) AS failed_login_attempts,
      CASE WHEN u.locked_until > now() THEN u.locked_until END AS locked_until
    FROM users u WHERE u.user_id = ${userId}`.execute(db)
  return rows[0]
}

/** The columns of it that are personal, for the trace of who read them. */
export const RECORD_COLUMNS = [
  'users.email',
  'users.username',
  'users.full_name',
  'users.phone_number',
  'users.last_login',
  'users.failed_login_attempts',
  'users.locked_until',
  'user_profiles.profile_photo_url',
  'user_profiles.brand_name',
  'user_profiles.tagline',
  'user_profiles.occupation',
  'user_profiles.location',
  'user_roles.role_name',
  'user_suspensions.reason',
]
