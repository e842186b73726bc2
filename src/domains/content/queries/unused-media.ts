import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

/** A picture of a portfolio that the profile names no more; the others are taken down when they are replaced. */
const UNNAMED = sql`
  m.usage_type = 'portfolio' AND m.processing_status = 'ready' AND m.remove_after IS NULL AND NOT EXISTS (
    SELECT FROM user_profiles p, jsonb_array_elements(p.portfolio_urls) item
    WHERE p.user_id = m.uploaded_by AND item->>'asset_id' = m.asset_id::text)`

/** Unused for so many months. */
export async function countUnusedMedia(db: Db, months: number): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM media_assets m
    WHERE ${UNNAMED} AND m.unused_since < now() - make_interval(months => ${months})`.execute(db)
  return rows[0]!.n
}

/** Notes since when a picture is unused, and forgets it where it is used again. */
export async function noteUnusedMedia(db: Db, size: number): Promise<number> {
  const { numAffectedRows } = await sql`
    UPDATE media_assets SET unused_since = CASE WHEN unused_since IS NULL THEN now() END
    WHERE asset_id IN (
      SELECT m.asset_id FROM media_assets m
      WHERE m.usage_type = 'portfolio' AND ((m.unused_since IS NULL AND ${UNNAMED}) OR (m.unused_since IS NOT NULL AND NOT (${UNNAMED})
        AND m.remove_after IS NULL))
      LIMIT ${size} FOR UPDATE SKIP LOCKED)`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** From here on the sweep of the media takes files and row away. */
export async function releaseUnusedMedia(db: Db, size: number): Promise<number> {
  const { numAffectedRows } = await sql`
    UPDATE media_assets SET remove_after = now() WHERE asset_id IN (
      SELECT m.asset_id FROM media_assets m WHERE ${UNNAMED} AND m.unused_since < now() - interval '12 months'
      LIMIT ${size} FOR UPDATE SKIP LOCKED)`.execute(db)
  return Number(numAffectedRows ?? 0)
}
