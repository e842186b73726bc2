import { createHash } from 'node:crypto'
import { UnopenableField } from '../../platform/crypto/fields.ts'
import type { Database } from '../../platform/db/index.ts'
import { NotAccepted, oneLine } from '../../platform/delivery/index.ts'
import type { Language } from '../../platform/languages.ts'
import type { PushMessage, PushTarget } from '../../platform/push/index.ts'
import type { Services } from '../../platform/services.ts'
import { noteOutcomes, type Reachable, reachable } from './queries/push.ts'
import { endpointContext, keysContext } from './sealed-columns.ts'

export type PushNotice = {
  /** The delivery's own, the same at each try. */
  readonly id: string
  readonly title: string
  readonly text: string
  /** Of the web application, in the reader's language. */
  readonly path: string
  readonly language: Language
  /** What a later one of the same takes the place of, on the way and on the screen: a thread. Default: `id`. */
  readonly tag?: string
  readonly urgent?: boolean
  readonly ttlSeconds?: number
}

type Parts = { readonly db: Database; readonly services: Pick<Services, 'push' | 'fields' | 'log'> }

const DAY_SECONDS = 86_400
/** So many refusals in a row, and a browser is given up. */
const MOST_FAILURES = 20
const TITLE = 100
const TEXT = 240

/**
 * Tells somebody in each browser where they are signed in; nothing stands on a locked screen that their inbox does not say. What
 * is gone is removed. 'no_address': there is no browser (any more). Throws NotAccepted when none took it: of those that can be
 * tried again, the one that wants to wait for longest.
 */
export async function sendPush(
  { db, services }: Parts,
  userId: string,
  notice: PushNotice,
  only?: string,
): Promise<'sent' | 'no_address'> {
  const rows = (await reachable(db.anonymous, userId)).filter(
    (row) => only === undefined || row.subscription_id === only,
  )
  if (rows.length === 0) return 'no_address'
  const message = messageOf(notice)
  const tries = await Promise.all(rows.map((row) => tryOne(services, userId, row, message)))
  const those = (is: (refusal: NotAccepted | null) => boolean) =>
    tries.filter(({ refusal }) => is(refusal)).map(({ row }) => row)
  const accepted = those((refusal) => refusal === null)
  const gone = those((refusal) => refusal?.isGone === true)
  const failed = those((refusal) => refusal?.isFinal === true && !refusal.isGone)
  await db.transaction(null, (tx) => noteOutcomes(tx, { accepted, failed, gone }, MOST_FAILURES))
  if (accepted.length > 0) return 'sent'
  if (gone.length === rows.length) return 'no_address'
  throw worstOf(tries.flatMap(({ refusal }) => (refusal && !refusal.isGone ? [refusal] : [])))
}

type Try = { readonly row: Reachable; readonly refusal: NotAccepted | null }

async function tryOne(
  services: Parts['services'],
  userId: string,
  row: Reachable,
  message: PushMessage,
): Promise<Try> {
  try {
    await services.push.send(targetOf(services, userId, row), message)
    return { row, refusal: null }
  } catch (error) {
    if (error instanceof NotAccepted) return { row, refusal: error }
    if (!(error instanceof UnopenableField)) throw error
    services.log.error({ subscription_id: row.subscription_id }, 'a push subscription does not open')
    return { row, refusal: new NotAccepted('push_unopenable', true) }
  }
}

function targetOf({ fields }: Parts['services'], userId: string, row: Reachable): PushTarget {
  const [p256dh = '', auth = ''] = fields.open(keysContext(userId), row.keys_cipher).split('.')
  return { endpoint: fields.open(endpointContext(userId), row.endpoint_cipher), p256dh, auth }
}

function messageOf({
  id,
  title,
  text,
  path,
  language,
  tag = id,
  urgent = false,
  ttlSeconds = DAY_SECONDS,
}: PushNotice): PushMessage {
  const payload = { id, title: clipped(title, TITLE), body: clipped(text, TEXT), path, lang: language, tag }
  return {
    payload: JSON.stringify(payload),
    ttlSeconds,
    urgency: urgent ? 'high' : 'normal',
    topic: createHash('sha256').update(tag).digest('base64url').slice(0, 32),
  }
}

function clipped(text: string, most: number): string {
  const letters = [...oneLine(text)]
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : letters.join('')
}

function worstOf(refusals: readonly NotAccepted[]): NotAccepted {
  const later = refusals.filter(({ isFinal }) => !isFinal)
  const [worst] = (later.length > 0 ? later : refusals).toSorted(
    (a, b) => (b.retryAfter ?? 0) - (a.retryAfter ?? 0),
  )
  return worst!
}
