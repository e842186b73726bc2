import { badRequest } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { areTypesOn, GATHERED, type NotificationType, switchTypes } from '../identity/index.ts'
import { readUnsubscribeToken, type Subscription, type Topic } from './unsubscribe-token.ts'

export type SubscriptionState = Omit<Subscription, 'userId'> & { readonly is_on: boolean }

/** What a link is about, and whether it is on. Changes nothing: mail scanners open every link. 400 `notifications.link_invalid`. */
export async function readSubscription(services: Services, token: string): Promise<SubscriptionState> {
  const { userId, channel, topic } = subscriptionIn(services, token)
  const isOn = await areTypesOn(services, userId, { channel, types: typesOf(topic) })
  return { channel, topic, is_on: isOn ?? false }
}

/** Switches what the link is about, as often as somebody likes; the same is said where the account is gone. */
export async function setSubscription(
  services: Services,
  token: string,
  on: boolean,
): Promise<SubscriptionState> {
  const { userId, channel, topic } = subscriptionIn(services, token)
  const isThere = await switchTypes(services, userId, { channel, types: typesOf(topic), on })
  return { channel, topic, is_on: on && isThere }
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
