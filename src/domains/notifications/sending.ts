import { createHash } from 'node:crypto'
import { NotAccepted } from '../../platform/delivery/index.ts'
import type { OptionalChannel } from '../../platform/facts/index.ts'
import { type NotificationType, onlineAmong, wayOut } from '../identity/index.ts'
import {
  type Addressee,
  addresseesOf,
  type Claimed,
  claimDigests,
  claimDue,
  type Outcome,
  recordOutcomes,
  releaseClaims,
  renewClaims,
} from './queries/sending.ts'
import type { Registry } from './registry.ts'
import { readerOf, render, type Stored } from './rendering.ts'
import { type Outgoing, type Parts, SENDERS, type Sender } from './senders.ts'
import { nowhereFor, reasonAgainst } from './ways.ts'

const CLAIMED = 50
const AT_ONCE = 10
/** Longer than a round of ten takes over a server that answers at its slowest; each round begins it anew. */
const LEASE_SECONDS = 300
/** Within about a day. */
const MOST_TRIES = 10
/** Of what may have arrived although nobody said so, where a second one is seen and paid. */
const MOST_TEXTS = 3
/** Who wants mail only when away has as long to see it here. */
const SEEN_WITHIN_MS = 20 * 60_000
const FIRST_PAUSE_SECONDS = 30
const LONGEST_PAUSE_SECONDS = 6 * 3600

export type Sending = Parts & {
  readonly registry: Registry
  readonly senders?: typeof SENDERS
  readonly leaseSeconds?: number
  /** What has not begun then is left to others. */
  readonly signal?: AbortSignal
}

type Due = { readonly claimed: Claimed; readonly to: Addressee<Stored> }

/**
 * Sends what is due by one way: claimed with a lease, sent after the claim has committed, recorded one by one. One window stays
 * open (R28): of a process that ends between sending and recording the message goes out again, under the same id.
 * Answers whether there may be more at once.
 */
export async function sendDue(context: Sending, channel: OptionalChannel): Promise<boolean> {
  const { db, leaseSeconds = LEASE_SECONDS } = context
  const claimed = await db.transaction(null, (tx) => claimDue(tx, channel, CLAIMED, leaseSeconds))
  const gathered =
    channel === 'email' ? await db.transaction(null, (tx) => claimDigests(tx, CLAIMED, leaseSeconds)) : []
  if (claimed.length + gathered.length === 0) return false
  const messages = await messagesOf(context, [...claimed, ...gathered])
  for (let from = 0; from < messages.length; from += AT_ONCE) {
    if (context.signal?.aborted) {
      await releaseClaims(
        db.anonymous,
        messages.slice(from).flatMap(({ rows }) => rows),
      )
      return true
    }
    await sendRound(context, channel, messages.slice(from, from + AT_ONCE))
  }
  return claimed.length >= CLAIMED || gathered.length >= CLAIMED
}

/** Those of them that are still ours: a round before may have taken longer than the lease. */
async function sendRound(
  context: Sending,
  channel: OptionalChannel,
  messages: readonly Message[],
): Promise<void> {
  const { db, senders = SENDERS, leaseSeconds = LEASE_SECONDS } = context
  const rows = messages.flatMap((message) => message.rows)
  const held = new Set((await renewClaims(db.anonymous, rows, leaseSeconds)).map(keyOf))
  const ours = messages.filter((message) => message.rows.every((row) => held.has(keyOf(row))))
  const torn = messages.filter((message) => !ours.includes(message)).flatMap((message) => message.rows)
  // A digest of which somebody else took a part goes out whole, by them or later.
  await releaseClaims(
    db.anonymous,
    torn.filter((row) => held.has(keyOf(row))),
  )
  await Promise.all(ours.map((message) => send(context, senders[channel], message)))
}

type Message = { readonly outgoing: Outgoing; readonly rows: readonly Claimed[] }

/** What is left to be said: the rest is recorded as not sent, with why, or waits until quiet hours end. */
async function messagesOf(context: Sending, claimed: readonly Claimed[]): Promise<Message[]> {
  const { db, services, registry } = context
  const addressees = new Map(
    (await addresseesOf<Stored>(db.anonymous, claimed)).map((to) => [keyOf(to), to] as const),
  )
  // Who is gone meanwhile took their deliveries along.
  const due = claimed.flatMap((row) => {
    const to = addressees.get(keyOf(row))
    return to ? [{ claimed: row, to }] : []
  })
  const online = await onlineOf(context, due)
  const at = services.clock.now()
  const verdicts = due.map((one) => ({ ...one, verdict: safeVerdictOn(context, one, online, at) }))
  await record(
    context,
    verdicts.flatMap(({ claimed: row, verdict }) =>
      verdict === null ? [] : [{ ...outcomeOf(row), ...verdict }],
    ),
  )
  const wanted = verdicts.filter(({ verdict }) => verdict === null)
  const items = await render(
    services,
    registry,
    wanted.map(({ to }) => ({ stored: to.stored!, reader: readerOf(to.language, to.timezone) })),
  )
  const rendered = wanted.map((one, n) => ({ ...one, item: items[n]! }))
  const groups = Map.groupBy(rendered, ({ claimed: row }) =>
    row.digest_at === null ? keyOf(row) : `${row.user_id} ${row.digest_at}`,
  )
  return [...groups.values()].map((group): Message => {
    const [{ claimed: row, to }] = group as [(typeof group)[number]]
    const outgoing = {
      id: messageId(row),
      to,
      reader: readerOf(to.language, to.timezone),
      items: group.map(({ item }) => item).sort((a, b) => a.seq - b.seq),
      isDigest: row.digest_at !== null,
      urgent: isUrgent(registry, row.kind),
    }
    return { outgoing, rows: group.map(({ claimed: one }) => one) }
  })
}

type Verdict = Partial<Outcome> & Pick<Outcome, 'status'>

/** One that cannot be decided on takes no other with it: it is tried again, and dead in the end. */
function safeVerdictOn(context: Sending, due: Due, online: ReadonlySet<string>, at: Date): Verdict | null {
  try {
    return verdictOn(context, due, online, at)
  } catch (error) {
    return refused(context, error, due.claimed)
  }
}

/** Things may have changed since it was written. Null: it goes out. */
function verdictOn(
  { registry }: Sending,
  { claimed: row, to }: Due,
  online: ReadonlySet<string>,
  at: Date,
): Verdict | null {
  const skipped = (reason: string): Verdict => ({ status: 'skipped', reason, untried: true })
  if (to.stored === null || !to.is_active) return skipped('gone')
  if (to.stored.is_read || to.stored.archived_at !== null) return skipped('read')
  const channel = row.channel as OptionalChannel
  const type = to.stored.type as NotificationType
  const against = reasonAgainst(to, type) ?? nowhereFor(to, channel)
  if (against !== null) return skipped(against)
  if (isOutdated(to.stored, at)) return skipped('outdated')
  // What has its turn waits for no other digest, only for quiet hours to end.
  const way = wayOut({ ...to, digest: 'off' }, type, channel, at, isUrgent(registry, row.kind))
  if (way.when === 'never') return skipped('switched_off')
  const later = (due_at: Date): Verdict => ({ status: 'waiting', due_at, untried: true })
  if (way.when === 'later') return later(way.at)
  const seenBy = new Date(Date.parse(to.stored.created_at) + SEEN_WITHIN_MS)
  const mayWait = channel === 'email' && to.email_when_away && type !== 'security' && online.has(row.user_id)
  return mayWait && at < seenBy ? later(seenBy) : null
}

/** A reminder says until when it is of use. */
function isOutdated({ params }: Stored, at: Date): boolean {
  const until = typeof params.useful_until === 'string' ? Date.parse(params.useful_until) : Number.NaN
  return at.getTime() >= until
}

/** Who of those is here now that want mail only when they are not. When nobody can tell, they are away. */
async function onlineOf({ services }: Sending, due: readonly Due[]): Promise<ReadonlySet<string>> {
  const asked = due.filter(({ to, claimed: row }) => to.email_when_away && row.channel === 'email')
  if (asked.length === 0) return new Set()
  const ids = [...new Set(asked.map(({ to }) => to.user_id))]
  return (await onlineAmong(services, ids)) ?? new Set()
}

async function send(context: Sending, sender: Sender, { outgoing, rows }: Message): Promise<void> {
  let verdict: Verdict
  try {
    const outcome = await sender(context, outgoing)
    verdict = outcome === 'sent' ? { status: 'sent' } : { status: 'skipped', reason: outcome }
  } catch (error) {
    verdict = refused(context, error, rows.toSorted((a, b) => b.attempts - a.attempts)[0]!)
  }
  await record(
    context,
    rows.map((row) => ({ ...outcomeOf(row), ...verdict })),
  )
}

/** Tried again later and later, as the other side asks; then it is dead, and waits for somebody to look at it. */
function refused({ services }: Sending, error: unknown, { attempts, channel }: Claimed): Verdict {
  const isKnown = error instanceof NotAccepted
  if (!isKnown) services.log.error({ err: error }, 'a notification could not be sent')
  const code = isKnown ? error.code : error instanceof Error ? error.name : 'unknown'
  if (isKnown && error.isFinal) return { status: 'failed', error: code }
  const mayHaveArrived = channel === 'sms' && isKnown && !error.isUnsent
  if (attempts >= (mayHaveArrived ? MOST_TEXTS : MOST_TRIES)) return { status: 'dead', error: code }
  const pause = Math.min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 3 ** (attempts - 1))
  const asked = (isKnown && error.retryAfter) || 0
  const seconds = Math.min(LONGEST_PAUSE_SECONDS, Math.max(pause * (0.75 + Math.random() / 2), asked))
  return { status: 'waiting', error: code, due_at: new Date(Date.now() + seconds * 1000) }
}

async function record({ db, services }: Sending, outcomes: readonly Outcome[]): Promise<void> {
  if (outcomes.length === 0) return
  await db.transaction(null, (tx) => recordOutcomes(tx, outcomes))
  for (const { channel, status, untried } of outcomes) {
    if (status !== 'waiting') services.metrics.notices.delivered(channel, status)
    else if (!untried) services.metrics.notices.delivered(channel, 'retried')
  }
}

function outcomeOf({ source_event, user_id, channel, attempts }: Claimed): Outcome {
  const nothing = { reason: null, error: null, due_at: null, untried: false }
  return { source_event, user_id, channel, attempts, status: 'sent', ...nothing }
}

function isUrgent(registry: Registry, kind: string): boolean {
  return registry.of(kind)?.urgent === true
}

function keyOf({
  source_event,
  user_id,
  channel,
}: Pick<Claimed, 'source_event' | 'user_id' | 'channel'>): string {
  return `${source_event} ${user_id} ${channel}`
}

/** A UUID (version 8) that begins with the time of what is told, and is the same at each try: the Message-ID of a mail. */
function messageId({ source_event, user_id, channel, digest_at }: Claimed): string {
  const cause = digest_at ?? source_event
  const time =
    digest_at === null
      ? source_event.replaceAll('-', '').slice(0, 12)
      : Date.parse(digest_at).toString(16).padStart(12, '0')
  const rest = createHash('sha256').update(`${cause} ${user_id} ${channel}`).digest('hex')
  const hex = `${time}8${rest.slice(0, 3)}a${rest.slice(3, 18)}`
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
