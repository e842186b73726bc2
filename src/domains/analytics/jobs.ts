import type { Task } from '../../platform/jobs/index.ts'
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
