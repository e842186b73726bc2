import { sql } from 'kysely'
import type { Actor } from '../actor.ts'
import type { Db } from '../db/index.ts'

/** general 12 months, security 3 years, financial 7 years (R20). */
export type RetentionClass = 'general' | 'security' | 'financial'

export type AuditEntry = {
  /** Null for what nobody signed in did, or the system. */
  readonly actor: Pick<Actor, 'userId' | 'impersonatorId'> | null
  /** domain.noun_verbed, of the one vocabulary of facts. */
  readonly action: string
  readonly entityType: string
  readonly entityId: string | null
  readonly retentionClass: RetentionClass
  /** Names of what changed. Values only of what is not personal: `{ status: { from: 'draft', to: 'published' } }`. */
  readonly changes?: readonly string[] | Readonly<Record<string, unknown>>
  /** Ids, counts and codes; nothing personal. */
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly request?: { readonly id: string; readonly ip?: string; readonly userAgent?: string }
  readonly severity?: 'debug' | 'info' | 'warning' | 'error' | 'critical'
}

/**
 * Writes the audit row in the transaction of what it tells (§6.8, §11.5). Under app_user the actor must be the
 * transaction's own. Nothing is returned: the app may add to the log and not read it.
 */
export async function audit(tx: Db, entry: AuditEntry): Promise<void> {
  const { actor, action, entityType, entityId, retentionClass, request, severity = 'info' } = entry
  // The partition key is the id's own time, so that a look-up by id prunes; hence one id, used twice.
  await sql`
    WITH new AS MATERIALIZED (SELECT uuid_v7() AS id)
    INSERT INTO audit_logs (log_id, timestamp, retention_class, user_id, impersonating_user_id, action, entity_type, entity_id,
      changes, metadata, ip_address, user_agent, request_id, severity)
    SELECT id, uuid_v7_time(id), ${retentionClass}, ${actor?.userId ?? null}::uuid, ${actor?.impersonatorId ?? null}::uuid,
      ${action}, ${entityType},
      ${entityId}::uuid, ${json(entry.changes)}::jsonb, ${json(entry.metadata)}::jsonb, ${request?.ip ?? null}::inet,
      ${request?.userAgent?.slice(0, 500) ?? null}, ${request?.id ?? null}::uuid, ${severity}
    FROM new`.execute(tx)
}

function json(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value)
}
