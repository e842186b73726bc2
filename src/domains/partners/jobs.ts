import { inBatches, type Task } from '../../platform/jobs/index.ts'
import type { AnyTemplate } from '../../platform/messages/index.ts'
import { partnerInvitation } from './mail/partner-invitation.ts'
import { deleteExpiredInvitations } from './queries/invitations.ts'

const BATCH = 1000

/** A month after its end nobody asks any more who was invited; what became of it is in the audit log. */
const sweepInvitations: Task = {
  name: 'partners.sweep_invitations.v1',
  schedule: '47 3 * * *',
  async run(_payload, { db, log, signal }) {
    const swept = await inBatches(BATCH, signal, (size) =>
      db.transaction(null, (tx) => deleteExpiredInvitations(tx, size)),
    )
    if (swept > 0) log.info({ swept }, 'invitations that nobody accepted removed')
  },
}

export const partnersTasks: readonly Task[] = [sweepInvitations]

/** Everything that partners say to people by mail. */
export const partnersTemplates: readonly AnyTemplate[] = [partnerInvitation]

export { partnersNotices } from './notices.ts'
