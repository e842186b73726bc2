import type { Database, Db } from '../../platform/db/index.ts'
import type { Storage } from '../../platform/storage/index.ts'
import { addNotification } from '../notifications/index.ts'
import { exportKey } from './export-files.ts'
import { withdrawExports } from './queries/exports.ts'
import { holderOf } from './queries/person.ts'

export const WITHDRAW_EXPORTS = 'privacy.withdraw_exports.v1'

/**
 * Once somebody is erased: takes back every archive that was packed or begun before, since none can be known not to name
 * them, and tells its owner to ask again. Only after the erasure has committed: a snapshot taken later is without them. One
 * that is being packed finds itself given up, and deletes what it stored. Safe to repeat; a file that a crash leaves is swept.
 */
export async function withdrawAllExports(db: Database, storage: Storage): Promise<number> {
  const withdrawn = await db.transaction(null, async (tx) => {
    const exports = await withdrawExports(tx)
    for (const { user_id, export_id } of exports) await tellWithdrawn(tx, user_id, export_id)
    return exports
  })
  for (const { user_id, export_id } of withdrawn) await storage.delete(exportKey(user_id, export_id))
  return withdrawn.length
}

async function tellWithdrawn(tx: Db, userId: string, exportId: string): Promise<void> {
  const { language } = await holderOf(tx, userId)
  await addNotification(tx, {
    userId,
    type: 'account',
    ...NOTICE[language],
    actionUrl: '/settings/data',
    reference: { type: 'data_export', id: exportId },
  })
}

/** Not why: that somebody has gone is theirs to tell. */
const NOTICE = {
  en: {
    title: 'Ask for your data again',
    message:
      'What was packed of your data is no longer up to date and was deleted. You can ask for it again.',
  },
  sw: {
    title: 'Omba data yako tena',
    message: 'Data yako iliyofungashwa imepitwa na wakati na imefutwa. Unaweza kuiomba tena.',
  },
  fr: {
    title: 'Demandez à nouveau vos données',
    message:
      'Le fichier de vos données n’était plus à jour et a été supprimé. Vous pouvez le demander à nouveau.',
  },
} as const
