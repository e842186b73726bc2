import type { Task } from '../../platform/jobs/index.ts'
import { tellAccount } from './account-mail.ts'
import { phoneReleased } from './mail/phone-released.ts'
import { TELL_PHONE_RELEASED } from './phones.ts'

/** As a job, because who takes a number over may not learn the address of who had it, nor does the app's role. */
export const tellPhoneReleased: Task<{ user_id: string; at: string }> = {
  name: TELL_PHONE_RELEASED,
  run: ({ user_id, at }, { db, services }) =>
    db.transaction(null, (tx) => tellAccount(services, tx, user_id, phoneReleased, { at })),
}
