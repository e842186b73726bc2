import type { Database } from '../../platform/db/index.ts'
import type { OptionalChannel } from '../../platform/facts/index.ts'
import { postMail, renderMail, sendSms, settingOf } from '../../platform/messages/index.ts'
import type { Services } from '../../platform/services.ts'
import { openPhone } from '../identity/index.ts'
import { digestOf, letterOf, shortOf } from './letters.ts'
import { sendPush } from './push-sending.ts'
import type { Addressee } from './queries/sending.ts'
import { isType } from './registry.ts'
import type { Item, Reader, Stored } from './rendering.ts'
import { unsubscribeHeaders, unsubscribeToken } from './unsubscribe-token.ts'

/** One message to one person. */
export type Outgoing = {
  /** The same at each try. */
  readonly id: string
  readonly to: Addressee<Stored>
  readonly reader: Reader
  /** One, or those of a digest. */
  readonly items: readonly Item[]
  readonly isDigest: boolean
  readonly urgent: boolean
}

export type Parts = {
  /** As app_worker. */
  readonly db: Database
  readonly services: Services
  /** How the platform calls itself. */
  readonly brand: string
}

/** Resolves once the other side has taken it, or with why it is not worth trying. Throws NotAccepted. */
export type Sender = (
  parts: Parts,
  outgoing: Outgoing,
) => Promise<'sent' | 'suppressed' | 'over_cap' | 'no_address'>

/** One line a way. */
export const SENDERS: Readonly<Record<OptionalChannel, Sender>> = { email, sms, push }

function email(parts: Parts, { id, to, reader, items, isDigest }: Outgoing): ReturnType<Sender> {
  const { brand, services } = parts
  const { language } = reader
  const on = settingOf({ brand, publicUrl: services.config.publicUrl, ...reader })
  const [item] = items as [Item]
  const topic = isDigest ? 'digest' : isType(item.type) ? item.type : 'account'
  const off = topic === 'security' ? null : ({ userId: to.user_id, channel: 'email', topic } as const)
  const token = off && unsubscribeToken(services.config, off)
  const letter = isDigest ? digestOf(items, language, on, token) : letterOf(item, language, on, token)
  const headers = off ? unsubscribeHeaders(services.config, off.userId, off.topic) : {}
  const mail = { id, to: to.address, headers, ...renderMail(letter, { brand, language }) }
  return postMail(parts, mail, { userId: to.user_id, kind: topic === 'security' ? 'told' : 'notice' })
}

async function sms(parts: Parts, { id, to, reader, items }: Outgoing): ReturnType<Sender> {
  if (to.phone_cipher === null) return 'no_address'
  const { brand, services } = parts
  const [item] = items as [Item]
  const on = settingOf({ brand, publicUrl: services.config.publicUrl, ...reader })
  const text = shortOf(item, on)
  const number = openPhone(services.fields, to.user_id, to.phone_cipher)
  return sendSms(parts, { id, to: number, text }, 'notice')
}

function push(parts: Parts, { id, to, reader, items, urgent }: Outgoing): ReturnType<Sender> {
  const [item] = items as [Item]
  const { language } = reader
  const path = `${language === 'en' ? '' : `/${language}`}${item.action_url ?? '/notifications'}`
  const tag = item.thread_key
  const notice = { id, title: item.title, text: item.message, path, language, urgent, ...(tag && { tag }) }
  return sendPush(parts, to.user_id, notice)
}
