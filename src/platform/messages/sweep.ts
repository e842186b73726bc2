import type { Db } from '../db/index.ts'
import { inBatches, type Task } from '../jobs/index.ts'
import { deleteOldBounces } from './mailing.ts'
import { deleteOldMessages } from './rows.ts'
import { deleteOldCharges } from './sms-budget.ts'

const BATCH = 1000

/**
 * Messages older than thirty days, whatever became of them (their dedupe keys are free again), reports of mail servers of
 * that age, and what SMS cost more than a year ago.
 */
export const sweepMessages: Task = {
  name: 'platform.sweep_messages.v1',
  schedule: '47 3 * * *',
  async run(_payload, { db, log, signal }) {
    const sweep = (deleteSome: (tx: Db, size: number) => Promise<number>) =>
      inBatches(BATCH, signal, (size) => db.transaction(null, (tx) => deleteSome(tx, size)))
    const swept = {
      messages: await sweep(deleteOldMessages),
      bounces: await sweep(deleteOldBounces),
      charges: await sweep(deleteOldCharges),
    }
    if (Object.values(swept).some((count) => count > 0)) log.info(swept, 'old messages removed')
  },
}
