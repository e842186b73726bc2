import type { Static } from 'typebox'
import type { Actor } from '../../platform/actor.ts'
import { decodeCursor, filterDigest, PAGE } from '../../platform/cursor.ts'
import { pageSize } from '../../platform/db/index.ts'
import { notFound } from '../../platform/errors.ts'
import { publishLive } from '../../platform/realtime/index.ts'
import type { Services } from '../../platform/services.ts'
import {
  type Change,
  changeOne,
  changeUpTo,
  holdCounter,
  type ListKind,
  notificationPage,
  takeBack,
  UNREAD_COUNT,
} from './queries/inbox.ts'
import type { Registry } from './registry.ts'
import { readerOf, render, type Stored } from './rendering.ts'
import type { NotificationQuery, Notifications } from './schemas.ts'

const NEWEST = ['9223372036854775807'] as const

type Thread = { readonly count: number; readonly unread: number; readonly people: number } | null
type Page = {
  readonly items: readonly (Stored & { readonly thread: Thread })[]
  readonly next_cursor: string | null
  readonly unread_count: number
  readonly language: string | null
  readonly timezone: string | null
}

/** What the actor is told, newest first, in their language, with how many are unread. */
export async function readNotifications(
  services: Services,
  registry: Registry,
  actor: Actor,
  {
    unread = false,
    archived = false,
    grouped = false,
    thread_key,
    cursor,
    limit = PAGE,
  }: Static<typeof NotificationQuery>,
): Promise<Static<typeof Notifications>> {
  const kind: ListKind = archived ? 'archived' : unread ? 'unread' : 'all'
  const filter = { unread, archived, grouped, thread_key, reader: actor.userId }
  const [before] = cursor ? decodeCursor(cursor, { sort: 'notified', filter, length: 1 }) : NEWEST
  const thread = thread_key === undefined ? [] : [thread_key]
  const values = [before, filterDigest(filter), limit, ...thread]
  const shape = { kind, grouped, ofThread: thread_key !== undefined }
  const text = await services.db.textAs(actor, notificationPage(pageSize(limit), shape), values)
  const { items, next_cursor, unread_count, language, timezone }: Page = JSON.parse(text ?? '')
  const reader = readerOf(language, timezone)
  const rendered = await render(
    services,
    registry,
    items.map((stored) => ({ stored, reader })),
  )
  return {
    items: rendered.map((item, n) => ({ ...item, thread: items[n]!.thread })),
    next_cursor,
    unread_count,
  }
}

/** How many the actor has not read. */
export async function countUnread({ db }: Services, actor: Actor): Promise<number> {
  return Number((await db.textAs(actor, UNREAD_COUNT, [])) ?? 0)
}

/** 404 `notification.not_found`, also for somebody else's; the second time changes nothing. */
export async function change(services: Services, actor: Actor, id: string, to: Change): Promise<void> {
  await services.db.transaction(actor, async (tx) => {
    await holdCounter(tx)
    const isThere = to === 'inbox' ? await takeBack(tx, id) : await changeOne(tx, id, to)
    if (!isThere) throw notFound('notification', id)
  })
  await publishLive(services.cache, { users: [actor.userId] })
}

/** What came while the reader looked at the list stays as it is. 404 `notification.not_found`. */
export async function changeAll(
  services: Services,
  actor: Actor,
  { up_to, thread_key = null }: { readonly up_to: string; readonly thread_key?: string | null },
  to: 'read' | 'archived',
): Promise<void> {
  await services.db.transaction(actor, async (tx) => {
    await holdCounter(tx)
    const isThere = await changeUpTo(tx, { upTo: up_to, thread: thread_key }, to)
    if (!isThere) throw notFound('notification', up_to)
  })
  await publishLive(services.cache, { users: [actor.userId] })
}
