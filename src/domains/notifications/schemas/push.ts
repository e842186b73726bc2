import { Type } from 'typebox'
import { Closed, Nullable, Timestamp, Uuid } from '../../../platform/http/index.ts'

export const PushKey = Closed({
  public_key: Type.String({
    description: 'For pushManager.subscribe: an uncompressed P-256 point, base64url',
  }),
})

const Base64Url = (maxLength: number) => Type.String({ pattern: '^[A-Za-z0-9_-]+=*$', maxLength })

/** As `PushSubscription.toJSON()` gives it. */
export const NewPushSubscription = Closed({
  endpoint: Type.String({ maxLength: 1024, description: 'https, of a push service that is known' }),
  keys: Closed({ p256dh: Base64Url(100), auth: Base64Url(40) }),
})

export const PushPath = Closed({ subscription_id: Uuid })
export const PushAdded = Closed({ subscription_id: Uuid })

export const PushState = Closed({
  items: Type.Array(
    Closed({
      subscription_id: Uuid,
      current: Type.Boolean({ description: 'The browser that asks' }),
      device: Nullable(Type.String()),
      service: Type.String({ description: 'The host of the push service' }),
      accepted_at: Nullable(Timestamp),
      created_at: Timestamp,
    }),
  ),
  offer: Nullable(
    Type.Union([Type.Literal('yes'), Type.Literal('not_now')], {
      description: 'What I said when I was asked',
    }),
  ),
})

export const PushOffer = Closed({ answer: Type.Union([Type.Literal('yes'), Type.Literal('not_now')]) })
