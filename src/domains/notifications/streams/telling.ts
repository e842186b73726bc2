import { frameText, type Gathering, gather } from '../../../platform/realtime/index.ts'
import type { Services } from '../../../platform/services.ts'
import { notificationsAfter, type Since } from '../live.ts'
import type { Registry } from '../registry.ts'
import type { ViewerStream } from './viewer.ts'

/** Streams that are asked for in one statement. */
const BATCH = 500
/** With a third one on two cores the last of ten thousand streams is told later, not sooner. */
const FLIGHTS = 2
/** Of one person in one statement; who has more gets the next ones after these. */
const MOST = 50
/** Who has missed more reads the inbox instead. */
const MOST_MISSED = 200
const FROM_NOW_ON = Number.MAX_SAFE_INTEGER

type Told = Pick<Since, 'seq' | 'unread' | 'items'>
const NOTHING: Told = { seq: 0, unread: 0, items: [] }

/**
 * Brings each stream from where it stands to where its person's notifications stand. A stream is named when something may
 * have come; what came is what the database says, so a hint that was lost, doubled or early costs nothing but a look. One
 * that is behind keeps its place and is named again once its client has taken what it was sent.
 */
export function telling(services: Services, registry: Registry): Gathering<ViewerStream> {
  const told: Gathering<ViewerStream> = gather({
    size: BATCH,
    flights: FLIGHTS,
    async work(streams) {
      const ready = streams.filter((stream) => stream.isOpen && !stream.isBehind)
      if (ready.length === 0) return
      const since = await notificationsAfter(services, registry, asked(ready), MOST)
      const byPerson = new Map(since.map((one) => [one.user_id, one]))
      for (const stream of ready) {
        if (!tell(stream, byPerson.get(stream.owner) ?? NOTHING)) told.add(stream)
      }
    },
    onFailure: (error) => services.log.warn({ err: error }, 'streams could not be told what is new'),
  })
  return told
}

/** Each person once, from the place of the stream that is furthest back. */
function asked(streams: readonly ViewerStream[]) {
  const places = new Map<string, number>()
  for (const { owner, state } of streams) {
    const place = state.position ?? FROM_NOW_ON
    places.set(owner, Math.min(place, places.get(owner) ?? FROM_NOW_ON))
  }
  return [...places].map(([user_id, seq]) => ({ user_id, seq }))
}

/** False: there is more than this. */
function tell(stream: ViewerStream, told: Told): boolean {
  const { state } = stream
  if (stream.isBehind) return true
  const { isNew } = state
  state.isNew = false
  if (state.position === null) {
    settle(stream, told)
    return true
  }
  if (isNew && isLost(state.position, told)) {
    reset(stream, told)
    return true
  }
  return deliver(stream, told, { position: state.position, isNew })
}

/** Its first word: where it stands, to come back to, and how many are unread. */
function settle(stream: ViewerStream, { seq, unread }: Told): void {
  Object.assign(stream.state, { position: seq, unread })
  stream.send(frameText({ id: String(seq) }) + unreadFrame(unread))
}

/** A number that nobody was given (the database was restored), or so long ago that the inbox is the better place. */
function isLost(position: number, { seq }: Told): boolean {
  return position > seq || seq - position > MOST_MISSED
}

function reset(stream: ViewerStream, { seq, unread }: Told): void {
  Object.assign(stream.state, { position: seq, unread })
  stream.send(frameText({ id: String(seq), event: 'reset', data: JSON.stringify({ unread_count: unread }) }))
}

type From = { readonly position: number; readonly isNew: boolean }

/** Two looks may be under way at once, and the later answer may be the older one: it brings nothing new, and says nothing about now. */
function deliver(stream: ViewerStream, { seq, unread, items }: Told, { position, isNew }: From): boolean {
  const { state } = stream
  if (seq < position) return true
  const isAll = items.length < MOST
  const news = items.filter((item) => item.seq > position)
  const reached = Math.max(position, isAll ? seq : items.at(-1)!.seq)
  let text = news.map((item) => notificationFrame(item, unread)).join('')
  // To come back to: also where what came was removed again.
  if (isNew || reached > (news.at(-1)?.seq ?? position)) text += frameText({ id: String(reached) })
  if (unread !== state.unread && news.length === 0) text += unreadFrame(unread)
  Object.assign(state, { position: reached, unread })
  if (text !== '') stream.send(text)
  return isAll
}

function notificationFrame(item: Told['items'][number], unread: number): string {
  const data = JSON.stringify({ ...item, unread_count: unread })
  return frameText({ id: String(item.seq), event: 'notification', data })
}

function unreadFrame(count: number): string {
  return frameText({ event: 'unread', data: JSON.stringify({ count }) })
}
