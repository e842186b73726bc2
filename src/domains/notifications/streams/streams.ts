import type { ServerResponse } from 'node:http'
import type { Actor } from '../../../platform/actor.ts'
import {
  type Hint,
  Hub,
  publishLive,
  subscribeLive,
  type Watchable,
} from '../../../platform/realtime/index.ts'
import type { Services } from '../../../platform/services.ts'
import { markPresent } from '../../identity/index.ts'
import type { Registry } from '../registry.ts'
import { admission } from './admission.ts'
import { joinCrowd, leaveCrowd, MOST_STREAMS } from './crowd.ts'
import { telling } from './telling.ts'
import { type Judge, type Viewer, type ViewerStream, viewerOf } from './viewer.ts'
import { watching } from './watching.ts'

export type Asked = {
  readonly actor: Actor
  readonly judge: Judge
  /** The last number that the client had; null: from now on. */
  readonly lastEventId: number | null
  /** `post:<id>`, what is on its screen. */
  readonly watch: readonly string[]
  /** Of the reply, as the server has made them. */
  readonly headers: Readonly<Record<string, string>>
}

export type Streams = {
  /** Before anything is answered: 503 `stream.full`. */
  prepare(): Promise<void>
  /** Answers with a stream that stays open, after `prepare`. */
  open(response: ServerResponse, asked: Asked): void
  /** Says goodbye to all of them. */
  close(): Promise<void>
}

export type StreamOptions = {
  readonly registry: Registry
  readonly watchables: readonly Watchable[]
  readonly heartbeatMs?: number
}

/** How long a mark of presence may be left alone: it lives for five minutes. */
const PRESENT_MS = 120_000

/**
 * The live streams of this process. What is sent is always read from the database, from where each stream stands; hints say
 * only when to look. So a hint that is lost costs the time to the next heartbeat, and nothing else.
 */
export function createStreams(
  services: Services,
  { registry, watchables, heartbeatMs }: StreamOptions,
): Streams {
  const { cache, config, log, metrics } = services
  const told = telling(services, registry)
  const screens = watching(services, watchables)
  const allowed = admission(services, () => hub)
  const dropped = metrics.counter('streams_dropped_total', 'Streams whose clients read too slowly')
  const hub: Hub<Viewer> = new Hub({
    maxStreams: config.maxStreams,
    perOwner: MOST_STREAMS,
    ...(heartbeatMs !== undefined && { heartbeatMs }),
    onBeat(streams) {
      told.add(...streams)
      allowed.review(streams.map(({ state }) => state.actor.sessionId))
      screens
        .review(streams)
        .catch((error: unknown) => log.warn({ err: error }, 'a screen could not be looked at'))
      for (const stream of streams) keepPresent(stream)
    },
    onEnd(stream, reason) {
      if (reason === 'slow') dropped.add()
      allowed.leave(stream)
      screens.leave(stream)
      void leaveCrowd(services, stream)
    },
    onDrain: (stream) => told.add(stream),
  })
  metrics.gauge('streams_open', 'Live streams that this process holds', () => hub.size)
  let subscription: Promise<() => Promise<void>> | undefined

  function hear({ users, all, subjects, sessions, streams }: Hint): void {
    if (all) for (const stream of hub) told.add(stream)
    for (const user of users ?? []) told.add(...hub.of(user))
    if (subjects) screens.look(subjects)
    if (sessions) allowed.review(sessions)
    for (const id of streams ?? []) endReplaced(id)
  }

  /** Whatever was said meanwhile, nobody heard. */
  function lookAtAll(): void {
    for (const stream of hub) {
      told.add(stream)
      allowed.review([stream.state.actor.sessionId])
      screens.look(stream.state.watched.keys())
    }
  }

  function endReplaced(id: string): void {
    for (const stream of hub) if (stream.state.id === id) hub.end(stream, 'replaced')
  }

  function keepPresent({ owner, state }: ViewerStream): void {
    const now = Date.now()
    if (now - state.presentAt < PRESENT_MS) return
    state.presentAt = now
    markPresent(services, owner)
  }

  return {
    async prepare() {
      hub.assertRoom()
      subscription ??= subscribeLive(cache, hear, lookAtAll)
      await subscription
    },

    open(response, { actor, judge, lastEventId, watch, headers }) {
      const isFirst = hub.of(actor.userId).length === 0
      const stream = hub.open(response, actor.userId, viewerOf(actor, judge, lastEventId), headers)
      // From here on nothing is missed: what came before is read now, what comes later is hinted.
      told.add(stream)
      allowed.enter(stream)
      keepPresent(stream)
      void joinCrowd(services, stream)
      if (isFirst) void publishLive(cache, { subjects: [`person:${actor.userId}`] })
      if (watch.length > 0)
        screens
          .watch(stream, watch)
          .catch((error: unknown) => log.warn({ err: error }, 'a screen is not followed'))
    },

    async close() {
      hub.close()
      await (await subscription)?.()
      await Promise.all([told.close(), allowed.close(), screens.close()])
    },
  }
}
