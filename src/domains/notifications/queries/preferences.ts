import { sql } from 'kysely'

type Choices = Readonly<Record<string, boolean>>

/** What somebody wants to be told by which way, and by which ways they can be. */
export type Preferences = {
  /** Has said yes to marketing, and not no since (R9). */
  readonly consents: boolean
  readonly email_verified: boolean
  readonly phone_verified: boolean
  readonly has_push: boolean
  readonly timezone: string
  readonly email: Choices
  readonly sms: Choices
  readonly push: Choices
  readonly quiet_hours: { readonly start: string; readonly end: string } | null
  readonly digest: 'off' | 'daily' | 'weekly'
}

/** Needs users as u and user_settings as s. */
export const PREFERENCES = sql.raw(`
  coalesce(u.email_verified, false) AS email_verified, coalesce(u.phone_verified, false) AS phone_verified,
  EXISTS (SELECT FROM push_subscriptions b WHERE b.user_id = u.user_id) AS has_push,
  coalesce((SELECT c.granted FROM user_consents c WHERE c.user_id = u.user_id AND c.purpose = 'marketing'
    ORDER BY c.recorded_at DESC, c.consent_id DESC LIMIT 1), false) AS consents,
  coalesce(s.timezone, 'UTC') AS timezone, coalesce(s.email_notifications, '{"all": true}') AS email,
  coalesce(s.sms_notifications, '{}') AS sms, coalesce(s.push_notifications, '{"all": true}') AS push,
  CASE WHEN s.quiet_hours_start IS NOT NULL THEN
    json_build_object('start', to_char(s.quiet_hours_start, 'HH24:MI'), 'end', to_char(s.quiet_hours_end, 'HH24:MI')) END AS quiet_hours,
  coalesce(s.notification_digest, 'off') AS digest`)

/** Needs the person as `person`, who caused it as `actor`, and the thread. */
export const APART = (person: string, actor: string, thread: string) =>
  sql.raw(`
  EXISTS (SELECT FROM user_blocks b WHERE (b.blocker_id = ${person} AND b.blocked_id = ${actor})
    OR (b.blocker_id = ${actor} AND b.blocked_id = ${person})) AS is_blocked,
  EXISTS (SELECT FROM user_mutes m WHERE m.muter_id = ${person} AND m.muted_id = ${actor})
    OR EXISTS (SELECT FROM notification_mutes m WHERE m.user_id = ${person} AND m.thread_key = ${thread}) AS is_muted`)
