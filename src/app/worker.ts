import { assertRuntimeRole } from '../platform/db/open.ts'
import { type Loop, startWorker, type Task } from '../platform/jobs/index.ts'
import type { Services } from '../platform/services.ts'
import { upkeepLoops, upkeepTasks } from '../platform/upkeep/index.ts'
import type { CommandContext } from './command.ts'
import { openServices } from './services.ts'
import { sharedConfig } from './shared-config.ts'
import { openWith, type Parts } from './shutdown.ts'

/** Background work, one line a domain: `...learningTasks`. */
const TASKS: readonly Task<never>[] = [...upkeepTasks]
/** What is repeated every second. */
const LOOPS: readonly Loop[] = [...upkeepLoops]

/** `worker`: background work alone, on a database and a cache that it shares with other processes. */
export function work({ config, log }: CommandContext): Promise<void> {
  return openWith(log, async (parts) => {
    const ready = sharedConfig(config)
    await assertRuntimeRole('DATABASE_WORKER_URL', ready.databaseWorkerUrl)
    await openWorker(await openServices(ready, log, parts), parts)
    log.info('working')
  })
}

export async function openWorker(services: Services, parts: Parts): Promise<void> {
  const { config, log, metrics } = services
  const worker = await startWorker({
    url: config.databaseWorkerUrl,
    tasks: TASKS,
    loops: LOOPS,
    services,
    log,
    metrics: metrics.jobs,
  })
  parts.add('worker', () => worker.stop())
}
