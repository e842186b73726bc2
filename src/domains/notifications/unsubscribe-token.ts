import type { ReadyConfig } from '../../platform/config.ts'
import { deriveKey, isSignedText, signText } from '../../platform/crypto/signing.ts'
import { NOTIFICATION_TYPES, type NotificationType, OPTIONAL_CHANNELS } from '../identity/index.ts'

/** What a link switches: one type, or all that a digest gathers. Mail about the account's safety has no such link. */
export type Topic = Exclude<NotificationType, 'security'> | 'digest'

export type Subscription = {
  readonly userId: string
  readonly channel: (typeof OPTIONAL_CHANNELS)[number]
  readonly topic: Topic
}

type Keys = Pick<ReadyConfig, 'secretKey' | 'publicUrl'>

/** Good for as long as the secret key: who finds an old mail years later may still say no. */
export function unsubscribeToken({ secretKey }: Pick<Keys, 'secretKey'>, subscription: Subscription): string {
  const { userId, channel, topic } = subscription
  const person = Buffer.from(userId.replaceAll('-', ''), 'hex').toString('base64url')
  const body = `${person}.${channel}.${topic}`
  return `${body}.${signText(deriveKey(secretKey, 'unsubscribe'), body)}`
}

/** Undefined for what we did not sign. */
export function readUnsubscribeToken(
  { secretKey }: Pick<Keys, 'secretKey'>,
  token: string,
): Subscription | undefined {
  const [, body = '', signature = ''] =
    /^([\w-]{22}\.[a-z]{3,5}\.[a-z]{3,20})\.([\w-]{43})$/.exec(token) ?? []
  if (!isSignedText(deriveKey(secretKey, 'unsubscribe'), body, signature)) return undefined
  const [person = '', way, what] = body.split('.')
  const channel = OPTIONAL_CHANNELS.find((one) => one === way)
  const topic = what === 'digest' ? what : NOTIFICATION_TYPES.find((type) => type === what)
  // A type that is no more; and security, which has none.
  if (!channel || !topic || topic === 'security') return undefined
  const id = Buffer.from(person, 'base64url').toString('hex')
  return { userId: id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'), channel, topic }
}

const UNDO_MS = 86_400_000

/** What one click on this link has switched off: for a day the right to switch on that again, and no more. */
export function undoToken(
  { secretKey }: Pick<Keys, 'secretKey'>,
  subscription: Subscription,
  types: readonly NotificationType[],
  now: Date,
): string {
  const body = `${types.join('-')}.${now.getTime() + UNDO_MS}`
  return `${body}.${signText(deriveKey(secretKey, 'unsubscribe undo'), undoText(subscription, body))}`
}

/** Undefined for what we did not sign for this link, or not today. */
export function readUndoToken(
  { secretKey }: Pick<Keys, 'secretKey'>,
  undo: string,
  subscription: Subscription,
  now: Date,
): readonly NotificationType[] | undefined {
  const [, body = '', types = '', until = '', signature = ''] =
    /^(([a-z-]{1,100})\.(\d{1,16}))\.([\w-]{43})$/.exec(undo) ?? []
  const key = deriveKey(secretKey, 'unsubscribe undo')
  if (!isSignedText(key, undoText(subscription, body), signature)) return undefined
  return Number(until) < now.getTime()
    ? undefined
    : NOTIFICATION_TYPES.filter((type) => types.split('-').includes(type))
}

function undoText({ userId, channel, topic }: Subscription, body: string): string {
  return `${userId}.${channel}.${topic}.${body}`
}

/** For a mail that may be switched off: one click in the mail program (RFC 8058), or the page (RFC 2369). */
export function unsubscribeHeaders(
  config: Keys,
  userId: string,
  topic: Topic,
): Readonly<Record<string, string>> {
  const token = unsubscribeToken(config, { userId, channel: 'email', topic })
  return {
    'List-Unsubscribe': `<${config.publicUrl}/api/v1/notifications/unsubscribe?token=${token}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  }
}
