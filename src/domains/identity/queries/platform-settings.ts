import { sql } from 'kysely'
import type { Db, Statement } from '../../../platform/db/index.ts'

/** The public ones as JSON text, by their keys. $1: the keys that are known. */
export const PUBLIC_SETTINGS: Statement = {
  name: 'public_settings',
  text: `
    SELECT coalesce(json_object_agg(s.setting_key, s.setting_value ORDER BY s.setting_key), '{}'::json)::text
    FROM system_settings s WHERE s.is_public AND s.setting_key = ANY ($1::text[])`,
}

const ITEM = `
  s.setting_key AS key, s.setting_value AS value, s.description, coalesce(s.is_public, false) AS is_public, s.updated_at,
  (SELECT p.card FROM people p WHERE p.user_id = s.updated_by) AS updated_by`

/** All that the actor may read, as JSON text. $1: the keys that are known. */
export const SETTINGS_LIST: Statement = {
  name: 'settings',
  text: `
    SELECT json_build_object('items', coalesce(json_agg(item ORDER BY key), '[]'::json))::text
    FROM (SELECT ${ITEM} FROM system_settings s WHERE s.setting_key = ANY ($1::text[])) item`,
}

/** One as JSON text. $1: its key. */
export const SETTING: Statement = {
  name: 'setting',
  text: `SELECT row_to_json(item)::text FROM (SELECT ${ITEM} FROM system_settings s WHERE s.setting_key = $1) item`,
}

/** The value it had, held until the commit, so that of two changes each tells what it replaced. Undefined: there is no such row. */
export async function holdSetting(db: Db, key: string): Promise<{ value: unknown } | undefined> {
  const { rows } = await sql<{ value: unknown }>`
    SELECT setting_value AS value FROM system_settings WHERE setting_key = ${key} FOR UPDATE`.execute(db)
  return rows[0]
}

/** `value`: JSON text. */
export async function updateSetting(db: Db, key: string, value: string, userId: string): Promise<void> {
  await db
    .updateTable('system_settings')
    .set({ setting_value: value, updated_by: userId })
    .where('setting_key', '=', key)
    .execute()
}
