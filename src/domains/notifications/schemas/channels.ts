import { Type } from 'typebox'
import { Closed, Nullable, Timestamp } from '../../../platform/http/index.ts'

export const LinkToken = Type.String({
  minLength: 1,
  maxLength: 200,
  description: 'The token of a mailed link',
})
export const LinkQuery = Closed({ token: LinkToken })
export const LinkBody = Closed({ token: LinkToken })

export const SubscriptionState = Closed({
  channel: Type.String({ description: 'email, sms or push' }),
  topic: Type.String({ description: 'A type of notification, or digest: all that a digest gathers' }),
  is_on: Type.Boolean(),
  undo: Nullable(
    Type.String({
      description: 'Switches on again what was switched off, for a day; null where the settings alone do',
    }),
  ),
})

export const SubscriptionChange = Closed({
  is_on: Type.Boolean(),
  undo: Type.Optional(
    Type.String({ maxLength: 200, description: 'Of the answer that said what was switched off' }),
  ),
})

export const MailDelivery = Closed({
  suppressed: Nullable(
    Closed({
      reason: Type.String({ description: 'gone, soft_bounces or complaint' }),
      suppressed_at: Timestamp,
    }),
  ),
})

export const ReportQuery = Closed({
  recipient: Type.Optional(
    Type.String({ maxLength: 320, description: 'The envelope’s recipient of the report' }),
  ),
})

export const SecretQuery = Closed({ secret: Type.String({ maxLength: 200 }) })

/** Forms and mails, for the API document: the routes read them by themselves. */
export const OneClick = Type.Object({ 'List-Unsubscribe': Type.Literal('One-Click') })
export const MailReport = Type.String({ description: 'A mail (RFC 5322): a delivery report or a complaint' })
export const SmsReport = Type.Object({
  id: Type.String({ pattern: '^[\\w-]{5,100}$', description: 'The gateway’s id of the message' }),
  status: Type.String({ pattern: '^[A-Za-z]{2,30}$', description: 'Success, Failed, Buffered …' }),
})
