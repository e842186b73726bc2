import { m } from '#lib/paraglide/messages.js'

/** What people are told about, and by which ways. */
export const TYPES = [
  ['account', m.settings_type_account],
  ['security', m.settings_type_security],
  ['learning', m.settings_type_learning],
  ['coaching', m.settings_type_coaching],
  ['events', m.settings_type_events],
  ['community', m.settings_type_community],
  ['messages', m.settings_type_messages],
  ['commerce', m.settings_type_commerce],
  ['partners', m.settings_type_partners],
  ['marketing', m.settings_type_marketing],
] as const

export const WAYS = [
  ['email', m.settings_n_email],
  ['sms', m.settings_n_sms],
  ['push', m.settings_n_push],
] as const

/** Mail about the safety of an account reaches its owner, whatever else is switched off. */
export function isFixed(type: string, way: string): boolean {
  return type === 'security' && way === 'email'
}
