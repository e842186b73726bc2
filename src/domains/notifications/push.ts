import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import type { Db } from '../../platform/db/index.ts'
import { badRequest, notFound, unauthenticated } from '../../platform/errors.ts'
import { enqueue } from '../../platform/jobs/index.ts'
import { arePushKeys, type PushKeys } from '../../platform/push/index.ts'
import type { Services } from '../../platform/services.ts'
import { deviceName } from '../identity/index.ts'
import {
  addSubscription,
  type OfferAnswer,
  offerOf,
  removeSubscription,
  setOffer,
  subscriptionsOf,
} from './queries/push.ts'
import { ENDPOINT_INDEX, endpointContext, keysContext } from './sealed-columns.ts'

/** Browsers of one person. */
const MOST = 10

/** The job that sends somebody a message to look at. */
export const TEST_PUSH = 'notifications.test_push.v1'

export type PushSubscriptionInput = { readonly endpoint: string; readonly keys: PushKeys }

export type PushState = {
  readonly items: {
    readonly subscription_id: string
    readonly current: boolean
    readonly device: string | null
    readonly service: string
    readonly accepted_at: string | null
    readonly created_at: string
  }[]
  readonly offer: OfferAnswer | null
}

/** Where the actor is told by push, and what they said when they were asked. */
export function readPush({ db }: Services, actor: Actor): Promise<PushState> {
  return db.transaction(
    actor,
    async (tx) => {
      const rows = await subscriptionsOf(tx, actor.userId)
      const items = rows.map(({ session_id, user_agent, ...row }) => ({
        ...row,
        current: session_id === actor.sessionId,
        device: deviceName(user_agent),
      }))
      return { items, offer: await offerOf(tx, actor.userId) }
    },
    { readOnly: true },
  )
}

/**
 * Takes a browser's subscription, as often as it comes; it ends with the session. 400 `push.endpoint_refused` for an address
 * that is no push service's, `push.keys_refused`.
 */
export async function subscribe(
  services: Services,
  actor: Actor,
  input: PushSubscriptionInput,
): Promise<string> {
  const { fields, push } = services
  const { userId, sessionId } = actor
  const { endpoint, keys } = input
  const service = push.serviceOf(endpoint)
  if (service === null)
    throw badRequest(
      'push.endpoint_refused',
      'This is no address of a push service that we know.',
      '/endpoint',
    )
  if (!arePushKeys(keys)) throw badRequest('push.keys_refused', 'These are no keys of a browser.', '/keys')
  const row = {
    sessionId,
    service,
    endpoint: fields.seal(endpointContext(userId), endpoint),
    index: fields.index(ENDPOINT_INDEX, endpoint),
    nextIndex: fields.nextIndex(ENDPOINT_INDEX, endpoint),
    keys: fields.seal(keysContext(userId), `${keys.p256dh}.${keys.auth}`),
  }
  return services.db.transaction(actor, async (tx) => {
    const id = await addSubscription(tx, row, MOST)
    if (id === undefined) throw unauthenticated()
    await setOffer(tx, userId, 'yes')
    await trace(tx, actor, 'notifications.push_subscribed', id)
    return id
  })
}

/** 404 `push_subscription.not_found`, also for somebody else's. */
export function unsubscribe({ db }: Services, actor: Actor, subscriptionId: string): Promise<void> {
  return db.transaction(actor, async (tx) => {
    if (!(await removeSubscription(tx, actor.userId, subscriptionId))) throw notFound('push_subscription')
    await trace(tx, actor, 'notifications.push_unsubscribed', subscriptionId)
  })
}

/** Has a message sent there, to see whether it arrives. 404 as above. */
export function testPush({ db }: Services, actor: Actor, subscriptionId: string): Promise<void> {
  return db.transaction(actor, async (tx) => {
    const own = await subscriptionsOf(tx, actor.userId)
    if (!own.some(({ subscription_id }) => subscription_id === subscriptionId))
      throw notFound('push_subscription')
    await enqueue(tx, TEST_PUSH, { user_id: actor.userId, subscription_id: subscriptionId })
  })
}

/** Remembers what the actor said, so that they are not asked again. */
export function answerOffer({ db }: Services, actor: Actor, answer: OfferAnswer): Promise<void> {
  return db.transaction(actor, (tx) => setOffer(tx, actor.userId, answer))
}

function trace(tx: Db, actor: Actor, action: string, subscriptionId: string): Promise<void> {
  return audit(tx, {
    actor,
    action,
    entityType: 'push_subscription',
    entityId: subscriptionId,
    retentionClass: 'general',
  })
}
