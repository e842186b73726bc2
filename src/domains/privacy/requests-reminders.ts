import type { Task } from '../../platform/jobs/index.ts'
import { tellStaff } from '../identity/index.ts'
import { requestsDue } from './mail/requests-due.ts'
import { markDue } from './queries/requests.ts'

/** So many days ahead staff hear of what will be due. */
const AHEAD_DAYS = 2

/** Each date is told once before it comes and once when it is over: the mark and the mails are one transaction. */
export const remindOfRequests: Task = {
  name: 'privacy.remind_of_requests.v1',
  schedule: '13 * * * *',
  async run(_payload, { db, services, log }) {
    const told = await db.transaction(null, async (tx) => {
      const due = await markDue(tx, AHEAD_DAYS)
      if (due.due_soon + due.overdue > 0) await tellStaff(services, tx, requestsDue, due)
      return due
    })
    if (told.overdue > 0) log.warn(told, 'privacy requests are overdue')
  },
}
