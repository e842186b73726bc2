import { m } from '#lib/paraglide/messages.js'

type Words = Readonly<Record<string, () => string>>

export const CHANNELS = ['in_app', 'email', 'sms', 'push'] as const
export const STATUSES = ['waiting', 'sent', 'skipped', 'failed', 'dead'] as const
export const WAYS = ['email', 'sms', 'push'] as const

const CHANNEL_NAMES: Words = {
  in_app: m.desk_way_in_app,
  email: m.desk_way_email,
  sms: m.desk_way_sms,
  push: m.desk_way_push,
}
const STATUS_NAMES: Words = {
  waiting: m.desk_is_waiting,
  sent: m.desk_is_sent,
  skipped: m.desk_is_skipped,
  failed: m.desk_is_failed,
  dead: m.desk_is_dead,
}
const REASONS: Words = {
  muted: m.desk_why_muted,
  blocked: m.desk_why_blocked,
  switched_off: m.desk_why_switched_off,
  no_address: m.desk_why_no_address,
  unverified: m.desk_why_unverified,
  outdated: m.desk_why_outdated,
  cancelled: m.desk_why_cancelled,
  read: m.desk_why_read,
  over_cap: m.desk_why_over_cap,
  no_consent: m.desk_why_no_consent,
  suppressed: m.desk_why_suppressed,
  gone: m.desk_why_gone,
  stopped: m.desk_why_stopped,
}
const BROADCASTS: Words = {
  draft: m.desk_broadcast_is_draft,
  sending: m.desk_broadcast_is_sending,
  sent: m.desk_broadcast_is_sent,
  stopped: m.desk_broadcast_is_stopped,
}

/** In the reader's language; what we have no word for stays as it is. */
const say = (words: Words) => (word: string) => words[word]?.() ?? word
export const channelName = say(CHANNEL_NAMES)
export const statusName = say(STATUS_NAMES)
export const reasonName = say(REASONS)
export const broadcastStatus = say(BROADCASTS)

export const statusKind = (status: string) =>
  status === 'failed' || status === 'dead'
    ? ('bad' as const)
    : status === 'sent'
      ? ('good' as const)
      : ('plain' as const)

export const ROLES = ['member', 'coach', 'partner', 'admin', 'super_admin'] as const
export const NARROWINGS = ['program', 'partner', 'followers'] as const
export const narrowingName = say({
  program: m.desk_broadcast_narrow_program,
  partner: m.desk_broadcast_narrow_partner,
  followers: m.desk_broadcast_narrow_followers,
})
