import type { Task } from '../../platform/jobs/index.ts'
import { inBatches } from '../../platform/jobs/index.ts'
import type { AnyTemplate } from '../../platform/messages/index.ts'
import { remindOfBreaches, tellBreach } from './breaches-telling.ts'
import { BUILD_EXPORT, MOST_TRIES } from './export.ts'
import { buildExport } from './export-build.ts'
import { sweepExports } from './export-sweep.ts'
import { WITHDRAW_EXPORTS, withdrawAllExports } from './export-withdrawal.ts'
import { accountErased } from './mail/account-erased.ts'
import { accountUnused } from './mail/account-unused.ts'
import { breachDeadline } from './mail/breach-deadline.ts'
import { breachNotice } from './mail/breach-notice.ts'
import { dataExported } from './mail/data-exported.ts'
import { requestAnswered } from './mail/request-answered.ts'
import { requestExtended } from './mail/request-extended.ts'
import { requestReceived } from './mail/request-received.ts'
import { requestsDue } from './mail/requests-due.ts'
import { purge } from './purge.ts'
import { dueErasures } from './queries/erasures.ts'
import { deleteOldExports, failExport } from './queries/exports.ts'
import { PURGE_PERSON } from './replay.ts'
import { remindOfRequests } from './requests-reminders.ts'
import { retention } from './retention.ts'

const BATCH = 100

const build: Task<{ export_id: string }> = {
  name: BUILD_EXPORT,
  async run({ export_id }, { db, services, attempt }) {
    try {
      await buildExport(services, db, export_id)
    } catch (error) {
      if (attempt >= MOST_TRIES) await db.transaction(null, (tx) => failExport(tx, export_id))
      throw error
    }
  },
}

const sweep: Task = {
  name: 'privacy.sweep_exports.v1',
  schedule: '7 * * * *',
  async run(_payload, { db, services, log, signal }) {
    const swept = await sweepExports(db, services.storage, signal)
    const forgotten = await inBatches(1000, signal, (size) =>
      db.transaction(null, (tx) => deleteOldExports(tx, size)),
    )
    if (swept + forgotten > 0) log.info({ swept, forgotten }, 'exports swept')
  },
}

const withdraw: Task = {
  name: WITHDRAW_EXPORTS,
  async run(_payload, { db, services, log }) {
    const withdrawn = await withdrawAllExports(db, services.storage)
    if (withdrawn > 0) log.info({ withdrawn }, 'exports withdrawn after an erasure')
  },
}

/** One after the other: each is a transaction that may hold thousands of rows. */
const purgeDue: Task = {
  name: 'privacy.purge_due.v1',
  schedule: '23 * * * *',
  async run(_payload, { db, services, log, signal }) {
    const due = await db.transaction(null, (tx) => dueErasures(tx, BATCH), { readOnly: true })
    for (const erasureId of due) {
      if (signal.aborted) return
      // One that fails must not keep the others waiting; it is tried again within the hour.
      await purge(services, db, erasureId).catch((error: unknown) =>
        log.error({ err: error, erasure_id: erasureId }, 'a person could not be erased'),
      )
    }
  },
}

const purgeOne: Task<{ erasure_id: string }> = {
  name: PURGE_PERSON,
  async run({ erasure_id }, { db, services }) {
    await purge(services, db, erasure_id)
  },
}

export const privacyTasks: readonly Task<never>[] = [
  build,
  sweep,
  withdraw,
  purgeDue,
  purgeOne,
  remindOfRequests,
  retention,
  tellBreach,
  remindOfBreaches,
]

/** Everything that privacy says to people by mail. */
export const privacyTemplates: readonly AnyTemplate[] = [
  dataExported,
  accountErased,
  accountUnused,
  requestReceived,
  requestExtended,
  requestAnswered,
  requestsDue,
  breachNotice,
  breachDeadline,
]
export { privacyNotices } from './notices.ts'
