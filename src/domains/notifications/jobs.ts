import type { OptionalChannel } from '../../platform/facts/index.ts'
import type { Cycle, Task } from '../../platform/jobs/index.ts'
import { inBatches } from '../../platform/jobs/index.ts'
import { expandFacts } from './expansion.ts'
import { deleteOldFacts } from './queries/facts.ts'
import type { Registry } from './registry.ts'
import { SENDERS } from './senders.ts'
import { sendDue } from './sending.ts'

/** What runs as long as the worker does: who is told, and a queue for each way out. `brand`: how the platform calls itself. */
export function notificationCycles({
  registry,
  brand,
}: {
  readonly registry: Registry
  readonly brand: string
}): Cycle[] {
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
      run: ({ db, services }: Parameters<Cycle['run']>[0]) =>
        sendDue({ db, services, registry, brand }, channel),
    })),
  ]
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

export const notificationsTasks: readonly Task[] = [sweepFacts]
