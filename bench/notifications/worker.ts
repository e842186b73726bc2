import { openServices } from '../../src/app/services.ts'
import { openParts } from '../../src/app/shutdown.ts'
import { notificationCycles } from '../../src/domains/notifications/jobs.ts'
import { readConfig } from '../../src/platform/config.ts'
import { startWorker } from '../../src/platform/jobs/index.ts'
import { createLog } from '../../src/platform/log.ts'
import { BENCH_NOTICES } from './notices.ts'

/** The worker in a process of its own, as in production, with what tells people and nothing that sends. */
const config = readConfig(process.env)
const log = createLog(config)
const parts = openParts(log)
const [databaseUrl, databaseWorkerUrl] = [
  process.env.DATABASE_URL ?? '',
  process.env.DATABASE_WORKER_URL ?? '',
]
const ready = {
  ...config,
  databaseUrl,
  databaseWorkerUrl,
  secretKey: 'only-for-benchmarks-on-this-machine-0123',
}
const services = await openServices(ready, log, parts)
const cycles = notificationCycles({ registry: BENCH_NOTICES, brand: 'Bench' }).slice(0, 1)
const worker = await startWorker({
  url: databaseWorkerUrl,
  tasks: [],
  cycles,
  services,
  log,
  metrics: services.metrics.jobs,
})
process.send?.('ready')
process.once('message', () => {
  void worker.stop().then(() => parts.closeAll().then(() => process.exit(0)))
})
