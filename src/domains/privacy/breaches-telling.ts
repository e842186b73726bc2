import { inBatches, type Task } from '../../platform/jobs/index.ts'
import { queueMessage } from '../../platform/messages/index.ts'
import { tellStaff } from '../identity/index.ts'
import { TELL_BREACH } from './breaches.ts'
import { breachDeadline } from './mail/breach-deadline.ts'
import { breachNotice } from './mail/breach-notice.ts'
import { markDeadlines, takeUntold } from './queries/breaches.ts'

const BATCH = 200

/** The mark and the mails of a batch are one transaction: broken off anywhere it goes on, and nobody is told twice. */
export const tellBreach: Task<{ breach_id: string }> = {
  name: TELL_BREACH,
  async run({ breach_id }, { db, services, signal }) {
    await inBatches(BATCH, signal, (size) =>
      db.transaction(null, async (tx) => {
        const people = await takeUntold(tx, breach_id, size)
        for (const { user_id, email } of people)
          await queueMessage(tx, services, {
            template: breachNotice,
            userId: user_id,
            recipient: email,
            params: { breach_id },
          })
        return people.length
      }),
    )
  },
}

/** Of each breach once while a day of the 72 hours is left, and once when they are over. */
export const remindOfBreaches: Task = {
  name: 'privacy.remind_of_breaches.v1',
  schedule: '*/10 * * * *',
  async run(_payload, { db, services, log }) {
    const due = await db.transaction(null, async (tx) => {
      const marked = await markDeadlines(tx)
      if (marked.soon + marked.overdue > 0) await tellStaff(services, tx, breachDeadline, marked)
      return marked
    })
    if (due.overdue > 0) log.warn(due, 'a data breach was not reported within 72 hours')
  },
}
