import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

/** Remembers the device that its person signs in with. Answers whether it was new to them, and whether any was known before. */
export async function rememberDevice(
  db: Db,
  userId: string,
  hash: Buffer,
): Promise<{ is_new: boolean; had_others: boolean }> {
  const { rows } = await sql<{ is_new: boolean; had_others: boolean }>`
    WITH others AS (
      SELECT EXISTS (SELECT FROM known_devices WHERE user_id = ${userId}::uuid AND device_hash <> ${hash}::bytea) AS had
    )
    INSERT INTO known_devices AS d (user_id, device_hash) VALUES (${userId}::uuid, ${hash}::bytea)
    ON CONFLICT (user_id, device_hash) DO UPDATE SET last_seen = now()
    RETURNING d.first_seen = d.last_seen AS is_new, (SELECT had FROM others) AS had_others`.execute(db)
  return rows[0]!
}

export async function forgetDevices(db: Db, userId: string): Promise<void> {
  await db.deleteFrom('known_devices').where('user_id', '=', userId).execute()
}

/** For the sweep, so across people: at most `size` that were not seen for a year. */
export async function deleteOldDevices(db: Db, size: number): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM known_devices WHERE (user_id, device_hash) IN (
      SELECT user_id, device_hash FROM known_devices
      WHERE last_seen < now() - interval '1 year' ORDER BY last_seen LIMIT ${size} FOR UPDATE SKIP LOCKED)`.execute(
    db,
  )
  return Number(numAffectedRows ?? 0)
}
