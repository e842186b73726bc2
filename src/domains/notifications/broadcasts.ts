import pg from 'pg'
import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { decodeCursor, filterDigest, LAST_ID, PAGE } from '../../platform/cursor.ts'
import { type Db, pageSize } from '../../platform/db/index.ts'
import { badRequest, conflict, notFound } from '../../platform/errors.ts'
import { publishFact } from '../../platform/facts/index.ts'
import { makeOnce } from '../../platform/idempotency/index.ts'
import { enqueue } from '../../platform/jobs/index.ts'
import { LANGUAGES } from '../../platform/languages.ts'
import type { Services } from '../../platform/services.ts'
import { BROADCAST_FACTS } from './notices.ts'
import {
  BROADCAST,
  type BroadcastColumns,
  broadcastPage,
  deleteDraft,
  hasWaiting,
  holdBroadcast,
  insertBroadcast,
  markSending,
  markStopped,
  reachOf,
  updateDraft,
} from './queries/broadcasts.ts'
import type { NewBroadcast, Reach } from './schemas/broadcasts.ts'
import { hostsIn } from './web-addresses.ts'

/** The job that takes back what of a stopped one still waits to go out. */
export const WITHDRAW_BROADCAST = 'notifications.withdraw_broadcast.v1'

/** All of them as JSON text, the newest first. */
export async function readBroadcasts(
  { db }: Services,
  actor: Actor,
  { cursor, limit = PAGE }: { readonly cursor?: string; readonly limit?: number },
): Promise<string> {
  const [before] = cursor
    ? decodeCursor(cursor, { sort: 'broadcast_id', filter: {}, length: 1 })
    : ([LAST_ID] as const)
  return (await db.textAs(actor, broadcastPage(pageSize(limit)), [before, filterDigest({}), limit])) ?? ''
}

/** 404 `broadcast.not_found`. */
export async function readBroadcast({ db }: Services, actor: Actor, broadcastId: string): Promise<string> {
  const text = await db.textAs(actor, BROADCAST, [broadcastId])
  if (text === null) throw notFound('broadcast', broadcastId)
  return text
}

/** How many people it would be told to now, and by which ways. 404 `broadcast.not_found`. */
export async function readReach({ db }: Services, actor: Actor, broadcastId: string): Promise<Reach> {
  const reach = await db.transaction(actor, (tx) => reachOf<Reach>(tx, broadcastId), { readOnly: true })
  if (!reach) throw notFound('broadcast', broadcastId)
  return reach
}

/** A draft; once for a key. 400 `broadcast.foreign_link`, `broadcast.segment_invalid`. */
export async function draftBroadcast(
  services: Services,
  actor: Actor,
  draft: NewBroadcast,
  key: string | undefined,
): Promise<string> {
  const columns = columnsOf(services, draft)
  const id = await explained(
    services.db.transaction(actor, (tx) =>
      makeOnce(tx, actor, { key, request: ['broadcast', draft] }, async () => {
        const made = await insertBroadcast(tx, { ...columns, created_by: actor.userId })
        await record(tx, actor, 'notifications.broadcast_drafted', made, { type: draft.type })
        return made
      }),
    ),
  )
  return readBroadcast(services, actor, id)
}

/** 409 `broadcast.not_draft`. */
export async function changeDraft(
  services: Services,
  actor: Actor,
  broadcastId: string,
  draft: NewBroadcast,
): Promise<string> {
  const columns = columnsOf(services, draft)
  await explained(
    services.db.transaction(actor, async (tx) => {
      if (!(await holdBroadcast(tx, broadcastId))) throw notFound('broadcast', broadcastId)
      if (!(await updateDraft(tx, broadcastId, columns))) throw notDraft()
      await record(tx, actor, 'notifications.broadcast_changed', broadcastId, { type: draft.type })
    }),
  )
  return readBroadcast(services, actor, broadcastId)
}

/** 409 `broadcast.not_draft`. */
export async function discardDraft({ db }: Services, actor: Actor, broadcastId: string): Promise<void> {
  await db.transaction(actor, async (tx) => {
    if (!(await holdBroadcast(tx, broadcastId))) throw notFound('broadcast', broadcastId)
    if (!(await deleteDraft(tx, broadcastId))) throw notDraft()
    await record(tx, actor, 'notifications.broadcast_discarded', broadcastId)
  })
}

/**
 * Begins to tell them, once however often and by how many it is asked for. Whoever confirms has seen how many there are: 409
 * `broadcast.reach_changed` when it is another number by now (by more than a fiftieth), `broadcast.nobody` for none, and
 * `broadcast.stopped` for one that was stopped.
 */
export async function sendBroadcast(
  services: Services,
  actor: Actor,
  broadcastId: string,
  people: number,
): Promise<string> {
  await services.db.transaction(actor, async (tx) => {
    const broadcast = await holdBroadcast(tx, broadcastId)
    if (!broadcast) throw notFound('broadcast', broadcastId)
    if (broadcast.status === 'stopped')
      throw conflict('broadcast.stopped', 'It was stopped; write a new one.')
    if (broadcast.status !== 'draft') return
    const reach = await reachOf<Reach>(tx, broadcastId)
    if (!reach) throw notFound('broadcast', broadcastId)
    if (reach.people === 0) throw conflict('broadcast.nobody', 'There is nobody whom it would be told to.')
    if (Math.abs(reach.people - people) > reach.people / 50) {
      const detail = `There are ${reach.people} people by now, and not ${people}: look at it again.`
      throw conflict('broadcast.reach_changed', detail, '/people')
    }
    const on = (channel: string) => broadcast.channels.includes(channel)
    const factId = await publishFact(tx, {
      name: BROADCAST_FACTS[broadcast.type === 'marketing' ? 'marketing' : 'account'],
      // The network says it: nobody's name stands on it, and whoever sends it is told as well.
      actor: null,
      reference: { type: 'broadcast', id: broadcastId },
      params: { email: on('email'), sms: on('sms'), push: on('push') },
      causeKey: `notifications.broadcast:${broadcastId}`,
    })
    await markSending(tx, broadcastId, { people: reach.people, sentBy: actor.userId, factId })
    await record(tx, actor, 'notifications.broadcast_sent', broadcastId, { people: reach.people })
  })
  return readBroadcast(services, actor, broadcastId)
}

/**
 * Nobody more is told, and what waits to go out is taken back; what was told stays told. The second time changes nothing. 409
 * `broadcast.nothing_to_stop` for a draft, and for one that is through.
 */
export async function stopBroadcast(services: Services, actor: Actor, broadcastId: string): Promise<string> {
  await services.db.transaction(actor, async (tx) => {
    const broadcast = await holdBroadcast(tx, broadcastId)
    if (!broadcast) throw notFound('broadcast', broadcastId)
    const { status, fact_id } = broadcast
    if (status === 'stopped') return
    const isGoing = status === 'sending' || (status === 'sent' && fact_id && (await hasWaiting(tx, fact_id)))
    if (!isGoing) throw conflict('broadcast.nothing_to_stop', 'Nothing of it waits to be sent.')
    await markStopped(tx, broadcastId, actor.userId)
    await enqueue(tx, WITHDRAW_BROADCAST, { broadcast_id: broadcastId })
    await record(tx, actor, 'notifications.broadcast_stopped', broadcastId)
  })
  return readBroadcast(services, actor, broadcastId)
}

function columnsOf(
  services: Services,
  { type, channels, texts, path, segment }: NewBroadcast,
): BroadcastColumns {
  const { role = null, country = null, language = null, narrowed_by = null, of = null } = segment
  if ((narrowed_by === null) !== (of === null)) throw segmentInvalid()
  if (path !== undefined) assertOwnPath(services, path)
  for (const language of LANGUAGES) assertOwnLinks(services, texts[language], `/texts/${language}`)
  const only = (kind: string) => (narrowed_by === kind ? of : null)
  return {
    type,
    channels,
    texts: JSON.stringify(texts),
    path: path ?? null,
    role_name: role,
    country,
    language,
    narrowed_by,
    program_id: only('program'),
    partner_id: only('partner'),
    followed_id: only('followers'),
  }
}

/** A page of ours as it would be typed, and nothing that a browser reads as another site. */
function assertOwnPath({ config }: Services, path: string): void {
  const isPlain = /^\/(?![/\\])[\w\-./~%?=&#+@]*$/.test(path) && !path.split(/[?#]/)[0]!.includes('..')
  const url = isPlain ? URL.parse(path, config.publicUrl) : null
  if (url?.origin !== new URL(config.publicUrl).origin || /^\/(api|storage|dev)(\/|$)/.test(url.pathname)) {
    throw badRequest('broadcast.foreign_link', 'It leads to a page of this site: /events/…', '/path')
  }
}

/** Mail programs and phones make links of whatever looks like one: only our own site may look so. */
function assertOwnLinks({ config }: Services, words: NewBroadcast['texts']['en'], pointer: string): void {
  const own = new URL(config.publicUrl).host
  for (const [name, text] of Object.entries(words)) {
    if (hostsIn(text).some((host) => host !== own)) {
      throw badRequest(
        'broadcast.foreign_link',
        'It leads to pages of this site alone.',
        `${pointer}/${name}`,
      )
    }
  }
}

/** What the database refuses, in our words. */
async function explained<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    const constraint = error instanceof pg.DatabaseError ? error.constraint : undefined
    if (constraint?.endsWith('_fkey')) throw segmentInvalid()
    if (constraint === 'sent_stays') throw notDraft()
    throw error
  })
}

function segmentInvalid() {
  return badRequest(
    'broadcast.segment_invalid',
    'There is nothing of this kind and id to narrow it by.',
    '/segment/of',
  )
}

function notDraft() {
  return conflict('broadcast.not_draft', 'It was sent, and stays as people read it.')
}

function record(
  tx: Db,
  actor: Actor,
  action: string,
  broadcastId: string,
  metadata?: Readonly<Record<string, string | number>>,
): Promise<void> {
  return audit(tx, {
    actor,
    action,
    entityType: 'broadcast',
    entityId: broadcastId,
    retentionClass: 'security',
    severity: 'info',
    ...(metadata && { metadata }),
  })
}
