import { m } from '#lib/paraglide/messages.js'

type Words<K extends string> = Readonly<Record<K, () => string>>

export const SEVERITIES: Words<'low' | 'medium' | 'high' | 'critical'> = {
  low: m.privacy_severity_low,
  medium: m.privacy_severity_medium,
  high: m.privacy_severity_high,
  critical: m.privacy_severity_critical,
}

export const BREACH_STATUSES: Words<'open' | 'contained' | 'closed'> = {
  open: m.privacy_breach_open,
  contained: m.privacy_breach_contained,
  closed: m.privacy_breach_closed,
}

export const BREACH_EVENTS: Words<
  'recorded' | 'changed' | 'people_added' | 'authority_told' | 'people_told' | 'closed' | 'reopened'
> = {
  recorded: m.privacy_breach_recorded,
  changed: m.privacy_breach_changed,
  people_added: m.privacy_breach_people_added,
  authority_told: m.privacy_breach_told,
  people_told: m.privacy_breach_people_told,
  closed: m.privacy_breach_closed,
  reopened: m.privacy_breach_reopened,
}

/** What somebody may have, by which a list of those concerned is found. */
export const HAS: Words<'phone' | 'authenticator' | 'payments' | 'messages'> = {
  phone: m.privacy_breach_has_phone,
  authenticator: m.privacy_breach_has_authenticator,
  payments: m.privacy_breach_has_payments,
  messages: m.privacy_breach_has_messages,
}

export const choices = (words: Words<string>) =>
  Object.entries(words).map(([value, label]) => ({ value, label: label() }))

export function oneOfThese<K extends string>(words: Words<K>, value: string): K | undefined {
  return (Object.keys(words) as K[]).find((key) => key === value)
}
