import type { Actor } from '../actor.ts'
import type { Services } from '../services.ts'

/** A kind of thing whose figures a stream may follow while it is on a screen. Its domain says who may, and what they are. */
export type Watchable = {
  /** Of `post:<id>`. */
  readonly kind: string
  /** The name of the events that carry it. */
  readonly event: 'counters' | 'presence'
  /** Which of these this actor may follow, now. */
  allowed(services: Services, actor: Actor, ids: readonly string[]): Promise<readonly string[]>
  /** What everybody who follows them is told, by id; what is missing is told to nobody. */
  figures(services: Services, ids: readonly string[]): Promise<ReadonlyMap<string, unknown>>
}
