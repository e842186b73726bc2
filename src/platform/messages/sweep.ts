import { inBatches, type Task } from '../jobs/index.ts'
import { deleteOldMessages } from './rows.ts'

const BATCH = 1000

/** Messages older than thirty days, whatever became of them; their dedupe keys are free again. */
export const sweepMessages: Task = {
  name: 'platform.sweep_messages.v1',
  schedule: '47 3 * * *',
  async run(_payload, { db, log, signal }) {
    const swept = await inBatches(BATCH, signal, (size) =>
      db.transaction(null, (tx) => deleteOldMessages(tx, size)),
    )
    if (swept > 0) log.info({ swept }, 'old messages removed')
  },
}
