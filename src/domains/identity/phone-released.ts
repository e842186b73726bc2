import type { Task } from '../../platform/jobs/index.ts'
import { queueMessage } from '../../platform/messages/index.ts'
import { phoneReleased } from './mail/phone-released.ts'
import { TELL_PHONE_RELEASED } from './phones.ts'
import { emailOf } from './queries/phones.ts'

/** As a job, because who takes a number over may not learn the address of who had it, nor does the app's role. */
export const tellPhoneReleased: Task<{ user_id: string; at: string }> = {
  name: TELL_PHONE_RELEASED,
  async run({ user_id, at }, { db, services }) {
    await db.transaction(null, async (tx) => {
      const email = await emailOf(tx, user_id)
      if (email === undefined) return
      await queueMessage(tx, services, {
        template: phoneReleased,
        userId: user_id,
        recipient: email,
        params: { at },
        dedupeKey: `phone_released:${user_id}:${at}`,
      })
    })
  },
}
