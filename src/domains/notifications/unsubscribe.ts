import { badRequest, conflict, tooMany } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { areTypesOn, GATHERED, type NotificationType, switchTypes } from '../identity/index.ts'
import {
  readUndoToken,
  readUnsubscribeToken,
  type Subscription,
  type Topic,
  undoToken,
} from './unsubscribe-token.ts'

export type SubscriptionState = Omit<Subscription, 'userId'> & {
  readonly is_on: boolean
  /** What switches on again what was switched off; null where the settings alone do. */
  readonly undo: string | null
}

/** Off is never refused, and changes nothing where it is off: so this bounds what one link can write. */
const ON_PER_LINK = { max: 10, windowSeconds: 3600 }

/** What a link is about, and whether it is on. Changes nothing: mail scanners open every link. 400 `notifications.link_invalid`. */
export async function readSubscription(services: Services, token: string): Promise<SubscriptionState> {
  const subscription = subscriptionIn(services, token)
  const { userId, channel, topic } = subscription
  const isOn = await areTypesOn(services, userId, { channel, types: typesOf(topic) })
  const undo = isOn === false && isOneToUndo(topic) ? undoOf(services, subscription, [topic]) : null
  return { channel, topic, is_on: isOn ?? false, undo }
}

/** Switches off what the link is about, as often as somebody likes; the same is said where the account is gone. */
export async function unsubscribe(services: Services, token: string): Promise<SubscriptionState> {
  const subscription = subscriptionIn(services, token)
  const { userId, channel, topic } = subscription
  const off = { channel, types: typesOf(topic), on: false, source: 'unsubscribe_link' } as const
  const turned = await switchTypes(services, userId, off)
  const types = isOneToUndo(topic) ? [topic] : (turned ?? []).filter((type) => type !== 'marketing')
  const undo = turned && types.length > 0 ? undoOf(services, subscription, types) : null
  return { channel, topic, is_on: false, undo }
}

/**
 * Takes a click back: the one type of the link, or what the click on a digest's had switched off, which `undo` of its answer
 * says. Marketing is switched on in the settings alone (R9). 409 `notifications.switched_on_in_settings`; 429
 * `notifications.too_many_clicks`, and 503 without a cache, because then nobody counts.
 */
export async function resubscribe(
  services: Services,
  token: string,
  undo: string | undefined,
): Promise<SubscriptionState> {
  const subscription = subscriptionIn(services, token)
  const { userId, channel, topic } = subscription
  const types = isOneToUndo(topic)
    ? [topic]
    : readUndoToken(services.config, undo ?? '', subscription, services.clock.now())
  if (!types)
    throw conflict('notifications.switched_on_in_settings', 'This is switched on in your settings.', '/undo')
  const limit = await services.cache.limit(`ratelimit:resubscribe:${userId}:${channel}:${topic}`, ON_PER_LINK)
  if (!limit.allowed) throw tooMany('notifications.too_many_clicks', limit.resetSeconds)
  const on = { channel, types, on: true, source: 'unsubscribe_link' } as const
  const turned = await switchTypes(services, userId, on)
  return { channel, topic, is_on: turned !== undefined, undo: null }
}

function isOneToUndo(topic: Topic): topic is Exclude<Topic, 'digest' | 'marketing'> {
  return topic !== 'digest' && topic !== 'marketing'
}

function undoOf(
  { config, clock }: Services,
  subscription: Subscription,
  types: readonly NotificationType[],
): string {
  return undoToken(config, subscription, types, clock.now())
}

function subscriptionIn({ config }: Services, token: string): Subscription {
  const subscription = readUnsubscribeToken(config, token)
  if (!subscription)
    throw badRequest('notifications.link_invalid', 'This link is not one of ours, or not whole.', '/token')
  return subscription
}

export function typesOf(topic: Topic): readonly NotificationType[] {
  return topic === 'digest' ? [...GATHERED] : [topic]
}
