import { randomUUID } from 'node:crypto'
import type { Actor } from '../../../platform/actor.ts'
import type { Stream } from '../../../platform/realtime/index.ts'

/** What the route says to an actor now: the error, or undefined for whoever may have a stream. */
export type Judge = (actor: Actor | null) => Error | undefined

/** What is noted about one open stream. */
export type Viewer = {
  readonly id: string
  readonly actor: Actor
  readonly judge: Judge
  /** The number of the last notification that was sent; null: nothing was asked for but what comes from now on. */
  position: number | null
  /** Nothing was said to it yet. */
  isNew: boolean
  /** As the client knows it; null: not yet told. */
  unread: number | null
  /** What is on its screen and may be, with what was last said of each. */
  readonly watched: Map<string, string | null>
  /** When its person was last noted as present, in ms. */
  presentAt: number
}

export type ViewerStream = Stream<Viewer>

export function viewerOf(actor: Actor, judge: Judge, lastEventId: number | null): Viewer {
  return {
    id: randomUUID(),
    actor,
    judge,
    position: lastEventId,
    isNew: true,
    unread: null,
    watched: new Map(),
    presentAt: 0,
  }
}
