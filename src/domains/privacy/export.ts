import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { conflict, notFound } from '../../platform/errors.ts'
import { enqueue } from '../../platform/jobs/index.ts'
import type { Services } from '../../platform/services.ts'
import { exportKey } from './export-files.ts'
import { type DataExport, exportOf, exportsOf, insertExport } from './queries/exports.ts'

export const BUILD_EXPORT = 'privacy.build_export.v1'
/** Long enough to begin a download on a slow network, and no longer. */
const LINK_SECONDS = 300
/** What cannot be built in so many tries will not be: the person may ask again. */
export const MOST_TRIES = 5

/** Everything that is kept of the actor, packed in the background. 409 `export.running`. */
export function requestExport({ db }: Services, actor: Actor): Promise<DataExport> {
  const { userId } = actor
  return db.transaction(actor, async (tx) => {
    const asked = await insertExport(tx, userId)
    if (!asked) throw conflict('export.running', 'Your data is being packed already.')
    const { export_id } = asked
    await enqueue(tx, BUILD_EXPORT, { export_id }, { maxAttempts: MOST_TRIES })
    await audit(tx, about(actor, 'privacy.export_requested', export_id))
    return asked
  })
}

export function readExports({ db }: Services, actor: Actor): Promise<DataExport[]> {
  return db.transaction(actor, (tx) => exportsOf(tx, actor.userId), { readOnly: true })
}

export async function readExport({ db }: Services, actor: Actor, exportId: string): Promise<DataExport> {
  const found = await db.transaction(actor, (tx) => exportOf(tx, actor.userId, exportId), { readOnly: true })
  if (!found) throw notFound('export', exportId)
  return found
}

export type DownloadLink = { readonly url: string; readonly expires_at: string }

/** An address that serves the file to whoever holds it, for five minutes. 404 `export.not_found`; 409 `export.not_ready`. */
export async function linkToExport(
  services: Services,
  actor: Actor,
  exportId: string,
): Promise<DownloadLink> {
  const { status, requested_at, expires_at } = await readExport(services, actor, exportId)
  const now = services.clock.now()
  if (status !== 'ready' || expires_at === null || Date.parse(expires_at) <= now.getTime())
    throw conflict('export.not_ready', 'There is no file to download, or no longer.')
  await services.db.transaction(actor, (tx) => audit(tx, about(actor, 'privacy.export_fetched', exportId)))
  const url = await services.storage.presignDownload({
    key: exportKey(actor.userId, exportId),
    expiresSeconds: LINK_SECONDS,
    filename: `brand-coach-network-${requested_at.slice(0, 10)}.zip`,
  })
  return { url, expires_at: new Date(now.getTime() + LINK_SECONDS * 1000).toISOString() }
}

function about(actor: Actor, action: string, entityId: string) {
  return { actor, action, entityType: 'data_export', entityId, retentionClass: 'security' } as const
}
