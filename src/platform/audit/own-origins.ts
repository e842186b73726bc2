import { sql } from 'kysely'
import { UnopenableField } from '../crypto/fields.ts'
import type { Db } from '../db/index.ts'
import { auditingOf } from './auditing.ts'
import { originContext } from './index.ts'
import type { ToldOrigin } from './origins.ts'

export type OwnOrigin = Pick<ToldOrigin, 'ip' | 'agent'> & {
  readonly log_id: string
  readonly timestamp: string
}

/**
 * From where somebody did what the log tells of them, for who is to know what is kept of them. As app_worker. What somebody
 * else did in their name came from somebody else, and is left out; so is what does not open any more.
 */
export async function ownOrigins(tx: Db, userId: string): Promise<OwnOrigin[]> {
  const { rows } = await sql<{
    log_id: string
    timestamp: string
    origin_cipher: Buffer
    key_cipher: Buffer
  }>`
    SELECT a.log_id, a.timestamp, a.origin_cipher, k.key_cipher FROM audit_logs a JOIN audit_keys k USING (user_id)
    WHERE a.user_id = ${userId}::uuid AND a.impersonating_user_id IS NULL AND a.origin_cipher IS NOT NULL`.execute(
    tx,
  )
  const [first] = rows
  if (!first) return []
  const cipher = auditingOf(tx).originKeys.unwrap({ userId }, first.key_cipher)
  return rows.flatMap(({ log_id, timestamp, origin_cipher }) => {
    try {
      const { ip, agent }: ToldOrigin = JSON.parse(cipher.open(originContext(log_id), origin_cipher))
      return [{ log_id, timestamp, ...(ip !== undefined && { ip }), ...(agent !== undefined && { agent }) }]
    } catch (error) {
      if (error instanceof UnopenableField) return []
      throw error
    }
  })
}
