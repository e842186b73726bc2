import type { Loop, Task } from '../jobs/index.ts'
import type { Metrics } from '../metrics/index.ts'
import { auditUpkeep } from './audit.ts'
import { type Forgetting, foldCounters, reconcileCounters } from './counters.ts'
import { sweepIdempotencyKeys } from './idempotency-keys.ts'
import { ensurePartitionsTask } from './partitions.ts'
import { watchSchema } from './schema-watch.ts'

export { type CounterDrift, counterDrift, type Forgetting, repairCounters } from './counters.ts'
export {
  askForPartitions,
  ensurePartitions,
  FEWEST_MONTHS,
  fewestMonthsAhead,
  type MonthsAhead,
  monthsAhead,
} from './partitions.ts'

/** What the tables of the platform itself need, whichever domains run. */
export function upkeepTasks(metrics: Pick<Metrics, 'counter'>): readonly Task[] {
  return [
    reconcileCounters(metrics),
    ensurePartitionsTask,
    sweepIdempotencyKeys,
    watchSchema,
    ...auditUpkeep(metrics),
  ]
}

export function upkeepLoops(forgetting: Forgetting): readonly Loop[] {
  return [foldCounters(forgetting)]
}
