import pg from 'pg'
import type { Static } from 'typebox'
import type { Actor } from '../../platform/actor.ts'
import { AppError, conflict, notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { type Asset, insertUpload, ownAsset, ownAssets } from './queries/media.ts'
import type { NewUpload, StartedUpload } from './schemas/media.ts'
import { originalKey, UPLOADS, USAGES } from './usages.ts'

/** A phone on a thin network may need many minutes, and a second try. */
const OPEN_SECONDS = 3600

/**
 * Says where a file is to be sent, past this server. 413 `media.too_large` for what is announced too large; 409
 * `media.too_many_open` while five are begun and not completed, `media.portfolio_full` with twenty pictures in it.
 */
export async function startUpload(
  { db, storage, config: { s3 } }: Services,
  actor: Actor,
  { usage, content_type, size }: Static<typeof NewUpload>,
): Promise<Static<typeof StartedUpload>> {
  const { maxBytes } = USAGES[usage]
  if (size > maxBytes)
    throw new AppError(413, 'media.too_large', `A file for ${usage} may have ${maxBytes} bytes.`)
  const upload = {
    filename: `${usage}.${content_type.slice('image/'.length)}`,
    file_type: content_type,
    file_size_bytes: size,
    storage_provider: s3 ? 's3' : 'local',
    storage_bucket: s3?.bucket ?? null,
    uploaded_by: actor.userId,
    usage_type: usage,
    folder: UPLOADS,
  }
  const { asset_id, upload_expires_at } = await db
    .transaction(actor, (tx) => insertUpload(tx, upload, OPEN_SECONDS))
    .catch((error: unknown) => {
      throw oneTooMany(error) ?? error
    })
  const form = await storage.presignUpload({
    key: originalKey(asset_id),
    contentType: content_type,
    maxBytes,
    expiresSeconds: OPEN_SECONDS,
  })
  return { asset_id, upload: { ...form, expires_at: upload_expires_at, max_bytes: maxBytes } }
}

/** 404 `media.not_found`, also for somebody else's. */
export async function readAsset({ db }: Pick<Services, 'db'>, actor: Actor, assetId: string): Promise<Asset> {
  const asset = await db.transaction(actor, (tx) => ownAsset(tx, actor.userId, assetId), { readOnly: true })
  if (!asset) throw notFound('media')
  return asset
}

/** What is open or in use, newest first. */
export async function listAssets({ db }: Services, actor: Actor): Promise<Asset[]> {
  return db.transaction(actor, (tx) => ownAssets(tx, actor.userId), { readOnly: true })
}

function oneTooMany(error: unknown): AppError | undefined {
  switch (error instanceof pg.DatabaseError ? error.constraint : undefined) {
    case 'five_open_uploads':
      return conflict('media.too_many_open', 'Five uploads are begun; complete one, or give one up.')
    case 'twenty_portfolio_pictures':
      return conflict('media.portfolio_full', 'A portfolio has twenty pictures; remove one.')
  }
}
