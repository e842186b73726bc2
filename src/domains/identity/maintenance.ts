import { type Db, isUnreachable } from '../../platform/db/index.ts'
import { underMaintenance } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { isBarred, MAINTENANCE } from './queries/maintenance.ts'

const CHANNEL = 'settings:maintenance'
/** A message may be lost with the cache; the row is then seen within this. */
const LOOK_MS = 1000

export type Maintenance = { isClosed(): boolean; stop(): Promise<void> }

type Parts = Pick<Services, 'db' | 'cache' | 'log'>

/**
 * Watches the setting `platform.maintenance_mode`, which is asked at every request: at each announcement, and once a
 * second. While the database is out of reach the last answer stands. Resolves when it has looked for the first time.
 */
export async function watchMaintenance({ db, cache, log }: Parts): Promise<Maintenance> {
  let isClosed = false
  let isAsked = false
  let looking: Promise<void> | undefined

  async function look(): Promise<void> {
    try {
      isClosed = (await db.text(MAINTENANCE, [])) === 'true'
    } catch (error) {
      if (!isUnreachable(error)) log.error({ err: error }, 'the maintenance mode could not be read')
    }
  }

  /** Asked while it looks, it looks again: what is on its way may be older than what was announced. */
  async function lookWhileAsked(): Promise<void> {
    while (isAsked) {
      isAsked = false
      await look()
    }
    looking = undefined
  }

  function ask(): Promise<void> {
    isAsked = true
    looking ??= lookWhileAsked()
    return looking
  }

  const leave = await cache.subscribe(CHANNEL, () => void ask())
  const timer = setInterval(() => void ask(), LOOK_MS).unref()
  await ask()
  return {
    isClosed: () => isClosed,
    async stop() {
      clearInterval(timer)
      await leave()
      await looking
    },
  }
}

/** After the commit that changed the setting: every process looks at once. Without a cache they look within a second. */
export async function announceMaintenance({ cache, log }: Pick<Services, 'cache' | 'log'>): Promise<void> {
  await cache.publish(CHANNEL, '').catch((error: unknown) => {
    log.warn({ err: error }, 'a change of the maintenance mode could not be announced')
  })
}

/**
 * For every way of signing in, in the transaction of whoever has just proven who they are, before a session is opened:
 * 503 `platform.maintenance` for all but staff. Asks the row, so that nobody slips in during the second that the
 * processes need to hear of it.
 */
export async function refuseInMaintenance(tx: Db): Promise<void> {
  if (await isBarred(tx)) throw underMaintenance()
}
