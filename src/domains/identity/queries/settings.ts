import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

type Goal = 'learn' | 'coaching' | 'business' | 'meet' | 'show' | 'coach'
type Step = 'goals' | 'skills' | 'language' | 'done'
type Choices = Readonly<Record<string, boolean>>

export type SettingsRow = {
  readonly language: string | null
  readonly timezone: string
  readonly currency: string | null
  readonly theme: string | null
  readonly dashboard_layout: unknown
  readonly profile_visibility: string | null
  readonly show_activity: boolean | null
  readonly allow_messages: string | null
  readonly email: Choices
  readonly sms: Choices
  readonly push: Choices
  readonly quiet_hours: { readonly start: string; readonly end: string } | null
  readonly digest: 'off' | 'daily' | 'weekly'
  readonly email_when_away: boolean
  readonly onboarding: { readonly goals: Goal[]; readonly step: Step }
  readonly updated_at: string | null
}

/** Needs user_settings as s. */
const SETTINGS = sql.raw(`
  s.language, coalesce(s.timezone, 'UTC') AS timezone, s.currency, s.theme, s.dashboard_layout, s.profile_visibility,
  s.show_activity, s.allow_messages,
  coalesce(s.email_notifications, '{}') AS email, coalesce(s.sms_notifications, '{}') AS sms,
  coalesce(s.push_notifications, '{}') AS push,
  CASE WHEN s.quiet_hours_start IS NOT NULL THEN
    json_build_object('start', to_char(s.quiet_hours_start, 'HH24:MI'), 'end', to_char(s.quiet_hours_end, 'HH24:MI')) END AS quiet_hours,
  s.notification_digest AS digest, s.email_when_away,
  jsonb_build_object('goals', '[]'::jsonb, 'step', 'goals') || coalesce(s.onboarding, '{}') AS onboarding, s.updated_at`)

/** One's own under app_user, anybody's under app_worker. */
export async function settingsOf(db: Db, userId: string): Promise<SettingsRow | undefined> {
  const { rows } = await sql<SettingsRow>`
    SELECT ${SETTINGS} FROM user_settings s WHERE s.user_id = ${userId}`.execute(db)
  return rows[0]
}

/** The same, and nobody else changes it until the end of the transaction. */
export async function lockSettings(db: Db, userId: string): Promise<SettingsRow | undefined> {
  const { rows } = await sql<SettingsRow>`
    SELECT ${SETTINGS} FROM user_settings s WHERE s.user_id = ${userId} FOR UPDATE`.execute(db)
  return rows[0]
}

/**
 * `patch`: JSON with the columns to change; `email`, `sms` and `push` hold the types to change there. Merged in the
 * statement, so that two tabs which change different things both come true.
 */
export async function patchSettings(db: Db, userId: string, patch: string): Promise<SettingsRow | undefined> {
  const { rows } = await sql<SettingsRow>`
    UPDATE user_settings s SET
      language = coalesce(patch.fields->>'language', s.language),
      timezone = coalesce(patch.fields->>'timezone', s.timezone),
      currency = coalesce(patch.fields->>'currency', s.currency),
      theme = coalesce(patch.fields->>'theme', s.theme),
      dashboard_layout = CASE WHEN patch.fields ? 'dashboard_layout'
        THEN nullif(patch.fields->'dashboard_layout', 'null') ELSE s.dashboard_layout END,
      profile_visibility = coalesce(patch.fields->>'profile_visibility', s.profile_visibility),
      show_activity = coalesce((patch.fields->>'show_activity')::boolean, s.show_activity),
      allow_messages = coalesce(patch.fields->>'allow_messages', s.allow_messages),
      email_notifications = coalesce(s.email_notifications, '{}') || coalesce(patch.fields->'email', '{}'),
      sms_notifications = coalesce(s.sms_notifications, '{}') || coalesce(patch.fields->'sms', '{}'),
      push_notifications = coalesce(s.push_notifications, '{}') || coalesce(patch.fields->'push', '{}'),
      quiet_hours_start = CASE WHEN patch.fields ? 'quiet_hours'
        THEN (patch.fields->'quiet_hours'->>'start')::time ELSE s.quiet_hours_start END,
      quiet_hours_end = CASE WHEN patch.fields ? 'quiet_hours'
        THEN (patch.fields->'quiet_hours'->>'end')::time ELSE s.quiet_hours_end END,
      notification_digest = coalesce(patch.fields->>'digest', s.notification_digest),
      email_when_away = coalesce((patch.fields->>'email_when_away')::boolean, s.email_when_away),
      onboarding = CASE WHEN patch.fields ? 'onboarding'
        THEN coalesce(s.onboarding, '{}') || (patch.fields->'onboarding') ELSE s.onboarding END
    FROM (SELECT ${patch}::jsonb AS fields) patch
    WHERE s.user_id = ${userId}
    RETURNING ${SETTINGS}`.execute(db)
  return rows[0]
}

export type Consent = {
  readonly user_id: string
  readonly purpose: string
  readonly version: string
  readonly granted: boolean
  readonly ip: string | null
  readonly source: string
}

/** Adds to the ledger what differs from its last word, which without one is no (R9). Walks idx_user_consents_user. */
export async function recordConsent(db: Db, consent: Consent): Promise<void> {
  const { user_id, purpose, version, granted, ip, source } = consent
  await sql`
    INSERT INTO user_consents (user_id, purpose, version, granted, ip_address, source)
    SELECT ${user_id}, ${purpose}, ${version}, ${granted}, ${ip}::inet, ${source}
    WHERE ${granted} IS DISTINCT FROM coalesce((
      SELECT c.granted FROM user_consents c
      WHERE c.user_id = ${user_id} AND c.purpose = ${purpose}
      ORDER BY c.recorded_at DESC, c.consent_id DESC LIMIT 1), false)`.execute(db)
}
