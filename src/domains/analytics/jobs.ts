import type { Task } from '../../platform/jobs/index.ts'
import type { AnyTemplate } from '../../platform/messages/index.ts'
import type { Metrics } from '../../platform/metrics/index.ts'
import { raiseAlerts } from './alerts.ts'
import { alertRaised } from './mail/alert-raised.ts'
import { ALERT_KINDS } from './queries/alerts.ts'
import {
  REFRESH_PLATFORM_METRICS,
  REFRESH_PROGRAM_REPORTS,
  refreshPlatformMetrics,
  refreshProgramReports,
} from './refresh.ts'

/** A1 every hour, A2 every night. */
export const analyticsTasks: readonly Task[] = [
  {
    name: REFRESH_PLATFORM_METRICS,
    schedule: '2 * * * *',
    run: (_payload, { db }) => refreshPlatformMetrics(db),
  },
  {
    name: REFRESH_PROGRAM_REPORTS,
    schedule: '40 1 * * *',
    run: (_payload, { db }) => refreshProgramReports(db),
  },
]

/** Everything that analytics says to people by mail. */
export const analyticsTemplates: readonly AnyTemplate[] = [alertRaised]

/** What §11.5 wants to be known, looked for each minute and counted by kind. */
export function alertTask(metrics: Pick<Metrics, 'counter'>): Task {
  const counters = new Map(
    ALERT_KINDS.map((kind) => [
      kind,
      metrics.counter(`alerts_${kind}_total`, `Alerts of the kind ${kind} that were told`),
    ]),
  )
  return {
    name: 'analytics.raise_alerts.v1',
    schedule: '* * * * *',
    run: (_payload, { db, services }) => raiseAlerts(services, db, (kind) => counters.get(kind)?.add()),
  }
}
export { analyticsNotices } from './notices.ts'
