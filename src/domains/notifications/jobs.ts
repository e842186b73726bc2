import type { Database } from '../../platform/db/index.ts'
import type { OptionalChannel } from '../../platform/facts/index.ts'
import type { Cycle, Task } from '../../platform/jobs/index.ts'
import { inBatches } from '../../platform/jobs/index.ts'
import type { Metrics } from '../../platform/metrics/index.ts'
import { WITHDRAW_BROADCAST } from './broadcasts.ts'
import { expandFacts } from './expansion.ts'
import { stoppedFact, withdrawWaiting } from './queries/broadcasts.ts'
import { driftedCounters, recount } from './queries/counters.ts'
import { deleteOldFacts, givenUpFacts, oldestFactSeconds } from './queries/facts.ts'
import { oldestWaitingSeconds } from './queries/sending.ts'
import type { Registry } from './registry.ts'
import { SENDERS } from './senders.ts'
import { sendDue } from './sending.ts'

export { notificationsNotices } from './notices.ts'

type Options = {
  readonly registry: Registry
  /** How the platform calls itself. */
  readonly brand: string
  /** After which a dead process's claims are taken up again; default: five minutes. */
  readonly leaseSeconds?: number
}

/** What runs as long as the worker does: who is told, and a queue for each way out. */
export function notificationCycles({ registry, ...options }: Options): Cycle[] {
  const channels = Object.keys(SENDERS) as OptionalChannel[]
  return [
    {
      name: 'notifications.expand',
      everyMs: 200,
      run: ({ db, services }) => expandFacts({ db, services, registry }),
    },
    ...channels.map((channel) => ({
      name: `notifications.send_${channel}`,
      everyMs: 500,
      run: ({ db, services, signal }: Parameters<Cycle['run']>[0]) =>
        sendDue({ db, services, registry, signal, ...options }, channel),
    })),
  ]
}

/** What of a stopped broadcast waits to go out stays here. What is being sent at that instant goes. */
export const withdrawBroadcast: Task<{ broadcast_id: string }> = {
  name: WITHDRAW_BROADCAST,
  async run({ broadcast_id }, { db, log, signal }) {
    const factId = await stoppedFact(db.anonymous, broadcast_id)
    if (factId === undefined) return
    const withdrawn = await inBatches(1000, signal, (size) =>
      db.transaction(null, (tx) => withdrawWaiting(tx, factId, size)),
    )
    log.info({ broadcast_id, withdrawn }, 'a broadcast was stopped')
  },
}

const sweepFacts: Task = {
  name: 'notifications.sweep_facts.v1',
  schedule: '37 3 * * *',
  async run(_payload, { db, log, signal }) {
    const swept = await inBatches(1000, signal, (size) =>
      db.transaction(null, (tx) => deleteOldFacts(tx, size)),
    )
    if (swept > 0) log.info({ swept }, 'old facts removed')
  },
}

/** There should never be any: a triggers' mistake shows here before anybody wonders. */
const checkCounters: Task = {
  name: 'notifications.check_counters.v1',
  schedule: '13 2 * * *',
  async run(_payload, { db, log, signal }) {
    const drifted = await db.transaction(null, (tx) => driftedCounters(tx, 1000), { readOnly: true })
    for (const userId of drifted) {
      if (signal.aborted) return
      await db.transaction(null, (tx) => recount(tx, userId))
    }
    if (drifted.length > 0)
      log.error({ drifted: drifted.length }, 'counters of notifications were wrong and are set right')
  },
}

export const notificationsTasks: readonly Task<never>[] = [sweepFacts, checkCounters, withdrawBroadcast]

/** How long what is due has waited: facts that nobody was told, deliveries that did not leave. */
export function watchWaiting(db: Database, metrics: Pick<Metrics, 'gauge'>): void {
  metrics.gauge(
    'facts_oldest_due_seconds',
    'How long the oldest fact that is due has waited to be told',
    () => oldestFactSeconds(db.anonymous),
  )
  metrics.gauge('facts_given_up', 'Facts that failed too often and wait for somebody', () =>
    givenUpFacts(db.anonymous),
  )
  metrics.gauge(
    'notifications_oldest_due_seconds',
    'How long the oldest delivery that is due has waited to leave',
    () => oldestWaitingSeconds(db.anonymous),
  )
}
