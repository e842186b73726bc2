import type { Fact, Notice, OptionalChannel } from '../../platform/facts/index.ts'
import { type NotificationSettings, type NotificationType, wayOut } from '../identity/index.ts'
import type { Hearer, NewWay } from './queries/telling.ts'

/** Why somebody is not told at all; null: they are. */
export function reasonAgainst(
  { is_blocked, is_muted, consents }: Pick<Hearer, 'is_blocked' | 'is_muted' | 'consents'>,
  type: string,
): string | null {
  if (is_blocked) return 'blocked'
  if (is_muted) return 'muted'
  // Of what is offered nothing is even listed without a yes (R9).
  return type === 'marketing' && !consents ? 'no_consent' : null
}

type Preferring = NotificationSettings & Pick<Hearer, 'email_verified' | 'phone_verified' | 'has_push'>

/** Each way by which this notice goes out beside the list, and when; or why not. */
export function waysOf(notice: Notice, fact: Fact, hearer: Hearer, at: Date): NewWay[] {
  const { fact_id, user_id } = hearer
  const channels = typeof notice.channels === 'function' ? notice.channels(fact) : notice.channels
  return channels.map((channel) => {
    const nowhere = nowhereFor(hearer, channel)
    const way = wayOut(hearer, notice.type as NotificationType, channel, at, notice.urgent)
    const row = { fact_id, user_id, channel, reason: null, digest_at: null }
    if (way.when === 'never') return { ...row, status: 'skipped', reason: 'switched_off', due_at: null }
    if (nowhere) return { ...row, status: 'skipped', reason: nowhere, due_at: null }
    if (way.when === 'now') return { ...row, status: 'waiting', due_at: at }
    return { ...row, status: 'waiting', due_at: way.at, digest_at: way.when === 'digest' ? way.at : null }
  })
}

/** Why nothing can be sent there; null: it can. */
export function nowhereFor(person: Preferring, channel: OptionalChannel): 'unverified' | 'no_address' | null {
  if (channel === 'email') return person.email_verified ? null : 'unverified'
  if (channel === 'sms') return person.phone_verified ? null : 'no_address'
  return person.has_push ? null : 'no_address'
}
