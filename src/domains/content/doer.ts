import type { Actor } from '../../platform/actor.ts'
import type { Db } from '../../platform/db/index.ts'

/** In whose name something is done, and how transactions are opened: as that person, or as the worker. */
export type Doer = {
  readonly actor: Actor
  transaction<T>(work: (tx: Db) => Promise<T>): Promise<T>
}
