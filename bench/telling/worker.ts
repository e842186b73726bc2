import { openServices } from '../../src/app/services.ts'
import { openParts } from '../../src/app/shutdown.ts'
import { notificationCycles } from '../../src/domains/notifications/jobs.ts'
import { readConfig } from '../../src/platform/config.ts'
import { startWorker } from '../../src/platform/jobs/index.ts'
import { createLog } from '../../src/platform/log.ts'
import { TEST_SECRET } from '../../src/testing/database.ts'
import { TELLING_NOTICES } from './notices.ts'

/** The worker in a process that can be killed; AHEAD_HOURS puts its clock forward. */
const config = readConfig(process.env)
const log = createLog(config)
const [databaseUrl, databaseWorkerUrl] = [
  process.env.DATABASE_URL ?? '',
  process.env.DATABASE_WORKER_URL ?? '',
]
const ready = { ...config, databaseUrl, databaseWorkerUrl, secretKey: TEST_SECRET }
const aheadMs = Number(process.env.AHEAD_HOURS ?? 0) * 3_600_000
const services = {
  ...(await openServices(ready, log, openParts(log))),
  clock: { now: () => new Date(Date.now() + aheadMs) },
}
await startWorker({
  url: databaseWorkerUrl,
  tasks: [],
  cycles: notificationCycles({ registry: TELLING_NOTICES, brand: 'Network', leaseSeconds: 5 }),
  services,
  log,
  metrics: services.metrics.jobs,
})
process.send?.('ready')
