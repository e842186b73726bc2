import type { Database } from '../../platform/db/index.ts'
import { replaceProgramReports, snapshotPlatformMetrics } from './queries.ts'

export const REFRESH_PLATFORM_METRICS = 'analytics.refresh_platform_metrics.v1'
export const REFRESH_PROGRAM_REPORTS = 'analytics.refresh_program_reports.v1'

/** A1: keeps the platform's figures of this moment. `db` is app_worker's. */
export function refreshPlatformMetrics(db: Database): Promise<void> {
  return db.transaction(null, snapshotPlatformMetrics)
}

/** A2: every program's figures anew, those of programs that are gone removed. `db` is app_worker's. */
export function refreshProgramReports(db: Database): Promise<void> {
  return db.transaction(null, replaceProgramReports)
}
