import { inBatches, type Task } from '../../platform/jobs/index.ts'
import { deleteExpiredSessions } from './queries/sessions.ts'

export { identityTemplates } from './mail/templates.ts'

const BATCH = 1000

/** Sessions beyond their thirty days; nobody could use them any more. */
const sweepSessions: Task = {
  name: 'identity.sweep_sessions.v1',
  schedule: '17 * * * *',
  async run(_payload, { db, log, signal }) {
    const swept = await inBatches(BATCH, signal, (size) =>
      db.transaction(null, (tx) => deleteExpiredSessions(tx, size)),
    )
    if (swept > 0) log.info({ swept }, 'expired sessions removed')
  },
}

export const identityTasks: readonly Task[] = [sweepSessions]
