import { alertTask, analyticsTasks, analyticsTemplates } from '../domains/analytics/jobs.ts'
import { coachingTasks } from '../domains/coaching/jobs.ts'
import { communityTasks } from '../domains/community/jobs.ts'
import { contentTasks } from '../domains/content/jobs.ts'
import { eventsTasks } from '../domains/events/jobs.ts'
import { identityTasks, identityTemplates } from '../domains/identity/jobs.ts'
import { notificationsTemplates } from '../domains/notifications/index.ts'
import { pushTasks } from '../domains/notifications/jobs/push.ts'
import { notificationCycles, notificationsTasks, watchWaiting } from '../domains/notifications/jobs.ts'
import { partnersTasks, partnersTemplates } from '../domains/partners/jobs.ts'
import { overdueErasures, retentionState } from '../domains/privacy/index.ts'
import { privacyTasks, privacyTemplates } from '../domains/privacy/jobs.ts'
import { watchOriginKeys } from '../platform/audit/index.ts'
import { oldestUnsealedSeconds } from '../platform/audit/seal-rows.ts'
import { assertRuntimeRole } from '../platform/db/open.ts'
import { startWorker, type Task, type Worker } from '../platform/jobs/index.ts'
import {
  type AnyTemplate,
  messageTasks,
  spentOnSms,
  suppressedAddresses,
} from '../platform/messages/index.ts'
import type { Services } from '../platform/services.ts'
import { askForPartitions, fewestMonthsAhead, upkeepLoops, upkeepTasks } from '../platform/upkeep/index.ts'
import type { CommandContext } from './command.ts'
import { forgettingOf } from './forgetting.ts'
import { NOTICES } from './notices.ts'
import { openServices } from './services.ts'
import { sharedConfig } from './shared-config.ts'
import { openWith, type Parts } from './shutdown.ts'

/** Background work, one line a domain. */
const DOMAIN_TASKS: readonly Task<never>[] = [
  ...identityTasks,
  ...notificationsTasks,
  ...pushTasks,
  ...contentTasks,
  ...coachingTasks,
  ...communityTasks,
  ...eventsTasks,
  ...partnersTasks,
  ...privacyTasks,
  ...analyticsTasks,
]

/** What is said to people by mail and SMS, one line a domain. */
const TEMPLATES: readonly AnyTemplate[] = [
  ...identityTemplates,
  ...notificationsTemplates,
  ...partnersTemplates,
  ...privacyTemplates,
  ...analyticsTemplates,
]
const BRAND = 'Brand Coach Network'

/** `worker`: background work alone, on a database and a cache that it shares with other processes. */
export function work({ config, log }: CommandContext): Promise<void> {
  return openWith({ config, log }, async (parts) => {
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
    tasks: [
      ...upkeepTasks(metrics),
      ...messageTasks({ brand: BRAND, templates: TEMPLATES }),
      ...DOMAIN_TASKS,
      alertTask(metrics),
    ],
    loops: upkeepLoops(forgettingOf(services)),
    cycles: notificationCycles({ registry: NOTICES, brand: BRAND }),
    services,
    log,
    metrics: metrics.jobs,
  })
  parts.add('worker', () => worker.stop())
  parts.add('audit keys', await watchOriginKeys(services))
  watchErasures(worker, services)
  watchWaiting(worker.db, metrics)
  await watchPartitions(worker, services)
  watchRetention(worker, services)
  watchCarriers(worker, services)
}

async function watchPartitions({ db }: Worker, { metrics }: Services): Promise<void> {
  metrics.gauge('audit_oldest_unsealed_seconds', 'How long the oldest audit row waits for its seal', () =>
    oldestUnsealedSeconds(db.anonymous),
  )
  metrics.gauge('partition_months_ahead', 'Months that the shortest partitioned table can take', () =>
    fewestMonthsAhead(db.anonymous),
  )
  await askForPartitions(db)
}

function watchErasures({ db }: Worker, { metrics }: Services): void {
  metrics.gauge('erasures_overdue', 'People who should have been erased a day ago and more', () =>
    overdueErasures(db.anonymous),
  )
}

function watchRetention({ db }: Worker, { metrics }: Services): void {
  metrics.gauge('retention_done_last_day', 'Rows and months that retention took within a day', async () => {
    return (await retentionState(db.anonymous)).done
  })
  metrics.gauge('retention_age_seconds', 'Since a rule of retention last came to its end', async () => {
    return (await retentionState(db.anonymous)).age
  })
}

function watchCarriers({ db }: Worker, { metrics }: Services): void {
  metrics.gauge('sms_spent_minor', 'What SMS cost this month, with what is reserved, in minor units', () =>
    spentOnSms(db.anonymous),
  )
  metrics.gauge('mail_addresses_suppressed', 'Addresses that take no mail', () =>
    suppressedAddresses(db.anonymous),
  )
}
