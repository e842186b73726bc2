import type { Cycle, Task } from '../../platform/jobs/index.ts'
import { inBatches } from '../../platform/jobs/index.ts'
import { expandFacts } from './expansion.ts'
import { deleteOldFacts } from './queries/facts.ts'
import type { Registry } from './registry.ts'

/** What runs as long as the worker does. */
export function notificationCycles(registry: Registry): readonly Cycle[] {
  return [
    {
      name: 'notifications.expand',
      everyMs: 200,
      run: ({ db, services }) => expandFacts({ db, services, registry }),
    },
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
