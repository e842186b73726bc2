import { sql } from 'kysely'
import type { Db } from '../db/index.ts'
import { currentOrigin } from '../origin.ts'
import { type Auditing, auditingOf } from './auditing.ts'
import { type AuditRow, auditText, jsonbText } from './canonical.ts'
import { type AuditEntry, assertImpersonal } from './entry.ts'
import { newLogId } from './ids.ts'

export { Auditing } from './auditing.ts'
export {
  type AuditEntry,
  RETENTION_CLASSES,
  type RetentionClass,
  SEVERITIES,
  type Severity,
} from './entry.ts'
export { forgetOriginKey, watchOriginKeys } from './forgetting.ts'

const LONGEST_AGENT = 500

/**
 * Writes the audit row in the transaction of what it tells (§6.8, §11.5), signed by a MAC over all of it (R35). Under
 * app_user the actor must be the transaction's own. Where the request came from is sealed with a key of the person, which
 * erasure destroys. Throws for values that may be personal. Nothing is returned: the app may add to the log and not
 * change it.
 */
export async function audit(tx: Db, entry: AuditEntry): Promise<void> {
  assertImpersonal(entry)
  const auditing = auditingOf(tx)
  const row = await rowOf(tx, auditing, entry)
  const mac = auditing.macs.of(auditText(row))
  await sql`
    INSERT INTO audit_logs (log_id, timestamp, retention_class, user_id, impersonating_user_id, action, entity_type, entity_id,
      changes, metadata, origin_cipher, request_id, severity, mac)
    VALUES (${row.log_id}::uuid, uuid_v7_time(${row.log_id}::uuid), ${row.retention_class}, ${row.user_id}::uuid,
      ${row.impersonating_user_id}::uuid, ${row.action}, ${row.entity_type}, ${row.entity_id}::uuid, ${row.changes}::jsonb,
      ${row.metadata}::jsonb, ${row.origin_cipher}::bytea, ${row.request_id}::uuid, ${row.severity}, ${mac}::bytea)`.execute(
    tx,
  )
}

async function rowOf(tx: Db, auditing: Auditing, entry: AuditEntry): Promise<AuditRow> {
  const { actor, changes, metadata, severity = 'info' } = entry
  const { id, time } = newLogId()
  return {
    retention_class: entry.retentionClass,
    log_id: id,
    timestamp: time,
    user_id: actor?.userId ?? null,
    impersonating_user_id: actor?.impersonatorId ?? null,
    action: entry.action,
    entity_type: entry.entityType,
    entity_id: entry.entityId,
    changes: changes === undefined ? null : jsonbText(changes),
    metadata: metadata === undefined ? null : jsonbText(metadata),
    origin_cipher: await sealedOrigin(tx, auditing, entry, { id, time }),
    request_id: currentOrigin()?.id ?? null,
    severity,
  }
}

/** With the key of who really acts; of what nobody signed in did, with that of its class and month, and gone with it. */
async function sealedOrigin(
  tx: Db,
  { originKeys }: Auditing,
  { actor, retentionClass, reason }: AuditEntry,
  { id, time }: { id: string; time: number },
): Promise<Buffer | null> {
  const origin = currentOrigin()
  if (!origin && reason === undefined) return null
  const userId = actor && (actor.impersonatorId ?? actor.userId)
  const month = `${new Date(time).toISOString().slice(0, 7)}-01`
  const cipher = await originKeys.cipherOf(tx, userId ? { userId } : { userId: null, retentionClass, month })
  const told = { ip: origin?.ip, agent: origin?.userAgent?.slice(0, LONGEST_AGENT), reason }
  return cipher.seal(originContext(id), JSON.stringify(told))
}

/** The sealed origin opens in its own row alone. */
export function originContext(logId: string): string {
  return `audit_logs.origin_cipher:${logId}`
}
