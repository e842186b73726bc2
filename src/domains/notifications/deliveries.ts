import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { decodeCursor, filterDigest, LAST_ID, PAGE } from '../../platform/cursor.ts'
import { pageSize } from '../../platform/db/index.ts'
import { badRequest } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { recordReadText } from '../identity/index.ts'
import {
  type DeadReason,
  type DeliveryFilter,
  deadLetterPage,
  deadReasons,
  deliveryPage,
  retryDeliveries,
} from './queries/deliveries.ts'
import type { DeliveriesQuery, Retry } from './schemas/deliveries.ts'

/** So many are taken up again by one request. */
const MOST_RETRIED = 10_000
const NEWEST = ['infinity', LAST_ID, LAST_ID, 'zzz'] as const
const FILTERS = [
  'user_id',
  'kind',
  'channel',
  'status',
  'source_event',
  'day',
] as const satisfies DeliveryFilter[]
const COLUMNS = ['notification_deliveries.kind', 'notification_deliveries.status'] as const

type Said = { readonly items: readonly { readonly user_id: string | null }[] }

const people = ({ items }: Said) => [...new Set(items.flatMap(({ user_id }) => user_id ?? []))]

/** Who was told what, when, by which way, and why not, as JSON text: kinds and ids, and no words. Reading it leaves a trace. */
export async function readDeliveries(
  { db }: Services,
  actor: Actor,
  { cursor, limit = PAGE, ...asked }: DeliveriesQuery,
): Promise<string> {
  const before = cursor ? decodeCursor(cursor, { sort: 'created_at', filter: asked, length: 4 }) : NEWEST
  const filters = FILTERS.filter((name) => asked[name] !== undefined)
  const values = [...before, filterDigest(asked), limit, ...filters.map((name) => asked[name]!)]
  const text = (await db.textAs(actor, deliveryPage(pageSize(limit), filters), values)) ?? ''
  return recordReadText(db, actor, { text, person: people, columns: COLUMNS })
}

/** What was given up, with how many ended with what, as JSON text. */
export async function readDeadLetters(
  { db }: Services,
  actor: Actor,
  { cursor, limit = PAGE, channel }: { cursor?: string; limit?: number; channel?: string },
): Promise<string> {
  const filter = { dead: true, channel }
  const before = cursor ? decodeCursor(cursor, { sort: 'created_at', filter, length: 4 }) : NEWEST
  const values = [...before, filterDigest(filter), limit, channel ?? null]
  const page = (await db.textAs(actor, deadLetterPage(pageSize(limit)), values)) ?? ''
  const reasons: DeadReason[] = await db.transaction(actor, (tx) => deadReasons(tx), { readOnly: true })
  const text = JSON.stringify({ ...(JSON.parse(page) as Said), reasons })
  return recordReadText(db, actor, { text, person: people, columns: COLUMNS })
}

/** Tried again at once: one, or all that ended with an error. What two ask for at once is tried once. 400 `delivery.not_named`. */
export async function retryDead({ db }: Services, actor: Actor, retry: Retry): Promise<{ retried: number }> {
  const { channel, source_event, user_id, error } = retry
  const isOne = source_event !== undefined && (user_id !== undefined || channel === 'in_app')
  if (!isOne && (error === undefined || source_event !== undefined)) {
    throw badRequest('delivery.not_named', 'Say which one: its event and its person; or which error.')
  }
  return db.transaction(actor, async (tx) => {
    const retried = await retryDeliveries(tx, retry, MOST_RETRIED)
    await audit(tx, {
      actor,
      action: 'notifications.deliveries_retried',
      entityType: 'notification_delivery',
      entityId: source_event ?? null,
      retentionClass: 'general',
      metadata: { channel, retried },
    })
    return { retried }
  })
}
