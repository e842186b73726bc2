import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

export type Variant = {
  readonly key: string
  readonly width: number
  readonly height: number
  readonly type: 'image/webp' | 'image/avif'
  readonly bytes: number
}

export type Asset = {
  readonly asset_id: string
  readonly usage_type: string | null
  readonly processing_status: 'uploaded' | 'processing' | 'ready' | 'failed'
  readonly failure_code: string | null
  readonly upload_expires_at: string | null
  readonly is_expired: boolean
  readonly variants: readonly Variant[] | null
}

export type NewUpload = {
  readonly filename: string
  readonly file_type: string
  readonly file_size_bytes: number
  readonly storage_provider: string
  readonly storage_bucket: string | null
  readonly uploaded_by: string
  readonly usage_type: string
  /** What the storage key begins with; the asset's id is the rest. */
  readonly folder: string
}

/** Refused by the constraint `five_open_uploads`. Kept an hour longer than it is open: an upload may be on its way. */
export async function insertUpload(
  db: Db,
  upload: NewUpload,
  seconds: number,
): Promise<{ asset_id: string; upload_expires_at: string }> {
  const { folder, ...columns } = upload
  const { rows } = await sql<{ asset_id: string; upload_expires_at: string }>`
    WITH new AS MATERIALIZED (SELECT uuid_v7() AS id, now() + make_interval(secs => ${seconds}) AS expires_at)
    INSERT INTO media_assets (asset_id, storage_key, upload_expires_at, remove_after, filename, file_type, file_size_bytes,
      storage_provider, storage_bucket, uploaded_by, usage_type)
    SELECT id, ${folder}::text || id, expires_at, expires_at + interval '1 hour', ${columns.filename}, ${columns.file_type},
      ${columns.file_size_bytes}::bigint, ${columns.storage_provider}, ${columns.storage_bucket}, ${columns.uploaded_by}::uuid,
      ${columns.usage_type}
    FROM new
    RETURNING asset_id, upload_expires_at`.execute(db)
  return rows[0]!
}

const ASSET = sql`
  asset_id, usage_type, processing_status, failure_code, upload_expires_at, variants,
  processing_status = 'uploaded' AND upload_expires_at <= now() AS is_expired`

/** What waits for the sweep is not there any more, but for a picture that was replaced. */
export async function ownAsset(db: Db, userId: string, assetId: string): Promise<Asset | undefined> {
  const { rows } = await sql<Asset>`
    SELECT ${ASSET} FROM media_assets
    WHERE asset_id = ${assetId} AND uploaded_by = ${userId} AND (remove_after IS NULL OR remove_after > now())`.execute(
    db,
  )
  return rows[0]
}

/** What is open or in use, newest first: some thirty at most, by the limits of the database. */
export async function ownAssets(db: Db, userId: string): Promise<Asset[]> {
  const { rows } = await sql<Asset>`
    SELECT ${ASSET} FROM media_assets
    WHERE uploaded_by = ${userId} AND usage_type IN ('profile_photo', 'cover_photo', 'portfolio') AND (
      (processing_status = 'ready' AND remove_after IS NULL) OR processing_status = 'processing'
      OR (processing_status = 'uploaded' AND upload_expires_at > now()))
    ORDER BY asset_id DESC`.execute(db)
  return rows
}

/** Locks the row; what state it is in. */
export async function holdAsset(db: Db, userId: string, assetId: string): Promise<string | undefined> {
  const { rows } = await sql<{ processing_status: string }>`
    SELECT processing_status FROM media_assets
    WHERE asset_id = ${assetId} AND uploaded_by = ${userId} AND (remove_after IS NULL OR remove_after > now())
    FOR UPDATE`.execute(db)
  return rows[0]?.processing_status
}

/** As a column or in a list of the profile's owner. Needs media_assets as m and user_profiles as p. */
const SHOWN = sql`m.storage_key IN (p.profile_photo_url, p.cover_photo_url)
  OR p.portfolio_urls @> jsonb_build_array(jsonb_build_object('asset_id', m.asset_id))`

export async function isShown(db: Db, userId: string, assetId: string): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM media_assets m JOIN user_profiles p ON p.user_id = m.uploaded_by
    WHERE m.asset_id = ${assetId} AND m.uploaded_by = ${userId} AND (${SHOWN})`.execute(db)
  return rows.length > 0
}

/** Over at once: neither completed nor counted any more. */
export async function endAsset(db: Db, userId: string, assetId: string): Promise<void> {
  await db
    .updateTable('media_assets')
    .set({ remove_after: sql`now()`, upload_expires_at: sql`least(upload_expires_at, now())` })
    .where('asset_id', '=', assetId)
    .where('uploaded_by', '=', userId)
    .execute()
}

/** Who works on an asset, and since when: the two tell one claim from the next. */
export type Claim = {
  readonly asset_id: string
  readonly uploaded_by: string
  readonly usage_type: string
  readonly processing_started_at: string
  readonly processing_attempts: number
}

/**
 * Takes an open upload, or one whose worker has not been heard of for the length of its claim. One of two that claim at
 * once waits for the other's row, looks again, and gets nothing.
 */
export async function claimAsset(
  db: Db,
  userId: string,
  assetId: string,
  claimSeconds: number,
): Promise<Claim | undefined> {
  const { rows } = await sql<Claim>`
    UPDATE media_assets SET
      processing_status = 'processing', processing_started_at = clock_timestamp(),
      processing_attempts = processing_attempts + 1, remove_after = greatest(remove_after, now() + interval '1 hour')
    WHERE asset_id = ${assetId} AND uploaded_by = ${userId} AND (
      (processing_status = 'uploaded' AND upload_expires_at > now())
      OR (processing_status = 'processing' AND processing_started_at < now() - make_interval(secs => ${claimSeconds})))
    RETURNING asset_id, uploaded_by, usage_type, processing_started_at, processing_attempts`.execute(db)
  return rows[0]
}

/** Held to the end of the transaction; false when another has taken it over. */
export async function holdClaim(db: Db, claim: Claim): Promise<boolean> {
  const found = await db
    .selectFrom('media_assets')
    .select('asset_id')
    .where('asset_id', '=', claim.asset_id)
    .where('uploaded_by', '=', claim.uploaded_by)
    .where('processing_status', '=', 'processing')
    .where('processing_started_at', '=', claim.processing_started_at)
    .forUpdate()
    .executeTakeFirst()
  return found !== undefined
}

/**
 * Open again. An attempt that does not count leaves no trace. `isExtended`: for another hour at least, since what came
 * between was not its owner's fault.
 */
export async function reopenClaim(
  db: Db,
  claim: Claim,
  { isCounted, isExtended }: { isCounted: boolean; isExtended: boolean },
): Promise<void> {
  await change(db, claim)
    .set({
      processing_status: 'uploaded',
      ...(!isCounted && { processing_attempts: sql`processing_attempts - 1` }),
      ...(isExtended && {
        upload_expires_at: sql`greatest(upload_expires_at, now() + interval '1 hour')`,
        remove_after: sql`greatest(remove_after, now() + interval '2 hours')`,
      }),
    })
    .execute()
}

/** The reason stays to be read for a day. */
export async function failClaim(db: Db, claim: Claim, failureCode: string): Promise<void> {
  await change(db, claim)
    .set({
      processing_status: 'failed',
      failure_code: failureCode,
      remove_after: sql`now() + interval '1 day'`,
    })
    .execute()
}

export type Published = {
  readonly storage_key: string
  readonly file_type: string
  readonly file_size_bytes: number
  readonly width_px: number
  readonly height_px: number
  readonly variants: readonly Variant[]
}

export async function finishClaim(db: Db, claim: Claim, { variants, ...shown }: Published): Promise<void> {
  await change(db, claim)
    .set({
      ...shown,
      variants: JSON.stringify(variants),
      processing_status: 'ready',
      remove_after: null,
    })
    .execute()
}

function change(db: Db, { asset_id, uploaded_by, processing_started_at }: Claim) {
  return db
    .updateTable('media_assets')
    .where('asset_id', '=', asset_id)
    .where('uploaded_by', '=', uploaded_by)
    .where('processing_status', '=', 'processing')
    .where('processing_started_at', '=', processing_started_at)
}

/** The person's picture of this usage is one no longer; its files go later, because pages that show them are still about. */
export async function retireAssets(
  db: Db,
  userId: string,
  usage: string,
  graceSeconds: number,
): Promise<void> {
  await db
    .updateTable('media_assets')
    .set({ remove_after: sql`now() + make_interval(secs => ${graceSeconds})` })
    .where('uploaded_by', '=', userId)
    .where('usage_type', '=', usage)
    .where('processing_status', '=', 'ready')
    .where('remove_after', 'is', null)
    .execute()
}

/**
 * For the sweep: closes at most `size` uploads that nobody finished, so that nobody can any more, and their files may go.
 * Walks idx_media_remove_after; a row that somebody holds waits for the next time.
 */
export async function closeAbandoned(db: Db, size: number): Promise<number> {
  const { numAffectedRows } = await sql`
    UPDATE media_assets SET processing_status = 'failed', failure_code = 'media.expired'
    WHERE asset_id IN (
      SELECT asset_id FROM media_assets
      WHERE remove_after < now() AND processing_status IN ('uploaded', 'processing')
      ORDER BY remove_after LIMIT ${size} FOR UPDATE SKIP LOCKED)`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** Not in use by any profile, though its row says that its time is over. Needs media_assets as m. */
const IS_REMOVABLE = sql`m.remove_after < now() AND m.processing_status IN ('ready', 'failed') AND NOT EXISTS (
      SELECT FROM user_profiles p WHERE p.user_id = m.uploaded_by AND (${SHOWN}))`

export type Removable = { readonly asset_id: string; readonly usage_type: string | null }

/** For the sweep: at most `size` finished ones whose time is over, never one that a profile still shows. */
export async function removableAssets(db: Db, size: number): Promise<Removable[]> {
  const { rows } = await sql<Removable>`
    SELECT m.asset_id, m.usage_type FROM media_assets m WHERE ${IS_REMOVABLE}
    ORDER BY m.remove_after LIMIT ${size}`.execute(db)
  return rows
}

export async function deleteAssets(db: Db, assetIds: readonly string[]): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('media_assets')
    .where('asset_id', '=', sql<string>`ANY (${assetIds}::uuid[])`)
    .where('remove_after', '<', sql<string>`now()`)
    .where('processing_status', 'in', ['ready', 'failed'])
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

/** Of these assets, those whose original is still waited for or worked on. */
export async function openAssets(db: Db, assetIds: readonly string[]): Promise<string[]> {
  const rows = await db
    .selectFrom('media_assets')
    .select('asset_id')
    .where('asset_id', '=', sql<string>`ANY (${assetIds}::uuid[])`)
    .where('processing_status', 'in', ['uploaded', 'processing'])
    .where('remove_after', '>=', sql<string>`now()`)
    .execute()
  return rows.map(({ asset_id }) => asset_id)
}

export async function countSweepable(db: Db): Promise<{ abandoned: number; removable: number }> {
  const { rows } = await sql<{ abandoned: number; removable: number }>`
    SELECT
      count(*) FILTER (WHERE m.processing_status IN ('uploaded', 'processing'))::int AS abandoned,
      count(*) FILTER (WHERE ${IS_REMOVABLE})::int AS removable
    FROM media_assets m WHERE m.remove_after < now()`.execute(db)
  return rows[0]!
}

export type MediaCount = {
  readonly processing_status: string
  readonly count: number
  /** Of those that are worked on, since when the first one is. */
  readonly oldest_seconds: number | null
}

/** For the operator. Reads the whole table. */
export async function mediaCounts(db: Db): Promise<MediaCount[]> {
  const { rows } = await sql<MediaCount>`
    SELECT processing_status, count(*)::int AS count,
      max(extract(epoch FROM now() - processing_started_at)) FILTER (WHERE processing_status = 'processing')::int AS oldest_seconds
    FROM media_assets GROUP BY processing_status ORDER BY processing_status`.execute(db)
  return rows
}
