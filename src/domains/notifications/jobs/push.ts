import { NotAccepted } from '../../../platform/delivery/index.ts'
import type { Task } from '../../../platform/jobs/index.ts'
import { TEST_PUSH } from '../push.ts'
import { sendTestPush } from '../push-trial.ts'

/** Tried once: who looks at the screen presses again. */
const testPush: Task<{ user_id: string; subscription_id: string }> = {
  name: TEST_PUSH,
  async run({ user_id, subscription_id }, { db, services, log }) {
    try {
      await sendTestPush({ db, services }, user_id, subscription_id)
    } catch (error) {
      if (!(error instanceof NotAccepted)) throw error
      log.info({ code: error.code }, 'a test of push was not taken')
    }
  },
}

export const pushTasks: readonly Task<never>[] = [testPush]
