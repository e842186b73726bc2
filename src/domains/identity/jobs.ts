import type { Db } from '../../platform/db/index.ts'
import { inBatches, type Task } from '../../platform/jobs/index.ts'
import { copySkills } from './copy-skills.ts'
import { tellPhoneReleased } from './phone-released.ts'
import { deletePendingUsers } from './queries/accounts.ts'
import { deleteOldDevices } from './queries/devices.ts'
import { deleteFreeUsernames } from './queries/names.ts'
import { deleteOldPhoneVerifications } from './queries/phones.ts'
import { deleteExpiredSessions } from './queries/sessions.ts'
import { endPastSuspensions } from './queries/suspensions.ts'
import { deleteExpiredTokens } from './queries/tokens.ts'

export { identityTemplates } from './mail/templates.ts'
export { identityNotices } from './notices.ts'

const BATCH = 1000

/** Removes what nobody could use any more, in batches. */
function sweep(name: string, schedule: string, deleteSome: (tx: Db, size: number) => Promise<number>): Task {
  return {
    name,
    schedule,
    async run(_payload, { db, log, signal }) {
      const swept = await inBatches(BATCH, signal, (size) =>
        db.transaction(null, (tx) => deleteSome(tx, size)),
      )
      if (swept > 0) log.info({ swept, task: name }, 'swept')
    },
  }
}

/** Who signs in is let in on the second; the others see them again within a minute. */
const endSuspensions: Task = {
  name: 'identity.end_suspensions.v1',
  schedule: '* * * * *',
  async run(_payload, { db, log }) {
    const ended = await db.transaction(null, endPastSuspensions)
    if (ended.length > 0) log.info({ ended: ended.length }, 'suspensions ended')
  },
}

export const identityTasks: readonly Task<never>[] = [
  tellPhoneReleased,
  copySkills,
  sweep('identity.sweep_sessions.v1', '17 * * * *', deleteExpiredSessions),
  sweep('identity.sweep_tokens.v1', '27 * * * *', deleteExpiredTokens),
  sweep('identity.sweep_devices.v1', '37 3 * * *', deleteOldDevices),
  sweep('identity.sweep_registrations.v1', '47 3 * * *', deletePendingUsers),
  sweep('identity.sweep_phone_verifications.v1', '47 * * * *', deleteOldPhoneVerifications),
  sweep('identity.sweep_usernames.v1', '47 3 * * *', deleteFreeUsernames),
  endSuspensions,
]
