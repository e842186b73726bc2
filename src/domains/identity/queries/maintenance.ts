import { sql } from 'kysely'
import type { Db, Statement } from '../../../platform/db/index.ts'

/** Whether maintenance is on, as text; null where the setting is not shown to the public. */
export const MAINTENANCE: Statement = {
  name: 'maintenance_mode',
  text: `SELECT (setting_value = 'true')::text FROM system_settings WHERE setting_key = 'platform.maintenance_mode'`,
}

/** The same for the actor of a transaction: staff are never barred. */
export async function isBarred(db: Db): Promise<boolean> {
  const { rows } = await sql<{ barred: boolean }>`
    SELECT setting_value = 'true' AND NOT actor_is_staff() AS barred
    FROM system_settings WHERE setting_key = 'platform.maintenance_mode'`.execute(db)
  return rows[0]?.barred ?? false
}
