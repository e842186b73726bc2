import { asSelf } from '../../platform/actor.ts'
import { AppError } from '../../platform/errors.ts'
import type { Task } from '../../platform/jobs/index.ts'
import type { Doer } from './doer.ts'
import { processUpload, RESUME_PROCESSING } from './processing.ts'
import { ownAsset } from './queries/media.ts'
import { sweepMedia } from './sweep.ts'

/** After a crash: the upload's claim has run out, and its file is still there. Mostly there is nothing to do. */
const resumeProcessing: Task<{ asset_id: string; user_id: string }> = {
  name: RESUME_PROCESSING,
  async run({ asset_id, user_id }, { db, services }) {
    const asset = await db.transaction(null, (tx) => ownAsset(tx, user_id, asset_id), { readOnly: true })
    if (asset?.processing_status !== 'processing') return
    const doer: Doer = { actor: asSelf(user_id), transaction: (work) => db.transaction(null, work) }
    await processUpload(services, doer, asset).catch((error: unknown) => {
      // The file has gone: trying again brings none.
      if (!(error instanceof AppError && error.status < 500)) throw error
    })
  },
}

const sweep: Task = {
  name: 'content.sweep_media.v1',
  schedule: '41 * * * *',
  async run(_payload, { db, services, log, signal }) {
    const swept = await sweepMedia(db, services.storage, signal)
    if (Object.values(swept).some((count) => count > 0)) log.info(swept, 'media swept')
  },
}

export const contentTasks: readonly Task<never>[] = [resumeProcessing, sweep]
