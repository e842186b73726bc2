import { sql } from 'kysely'
import { audit } from '../audit/index.ts'
import type { Db } from '../db/index.ts'
import type { Task } from '../jobs/index.ts'

type State = { readonly fingerprint: Buffer; readonly version: number }

/**
 * Writes each migration that was applied into the audit, and what changed the schema past them: there the fingerprint
 * moves and the version does not. An event trigger would need a superuser.
 */
export const watchSchema: Task = {
  name: 'platform.watch_schema.v1',
  schedule: '*/5 * * * *',
  run: (_payload, { db }) => db.transaction(null, noteSchema),
}

export async function noteSchema(tx: Db): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtext('watch_schema'))`.execute(tx)
  const [now, before] = [await currentState(tx), await lastState(tx)]
  if (before && now.version === before.version && now.fingerprint.equals(before.fingerprint)) return
  // A new database is one fact, not fifty.
  if (!before) await note(tx, 'platform.schema_found', 'info', { version: now.version })
  for (const migration of await migrationsAfter(tx, before?.version ?? now.version)) {
    await note(tx, 'platform.schema_migrated', 'info', {
      version: migration.version,
      checksum: migration.checksum,
    })
  }
  if (before && now.version === before.version)
    await note(tx, 'platform.schema_changed_apart', 'critical', { version: now.version })
  await sql`
    INSERT INTO schema_states (fingerprint, version) VALUES (${now.fingerprint}::bytea, ${now.version})`.execute(
    tx,
  )
}

function note(
  tx: Db,
  action: string,
  severity: 'info' | 'critical',
  metadata: Record<string, unknown>,
): Promise<void> {
  return audit(tx, {
    actor: null,
    action,
    entityType: 'schema',
    entityId: null,
    retentionClass: 'security',
    severity,
    metadata,
  })
}

async function currentState(tx: Db): Promise<State> {
  const { rows } = await sql<State>`
    SELECT schema_fingerprint() AS fingerprint, (SELECT max(version) FROM schema_migrations) AS version`.execute(
    tx,
  )
  return rows[0]!
}

async function lastState(tx: Db): Promise<State | undefined> {
  const { rows } = await sql<State>`
    SELECT fingerprint, version FROM schema_states ORDER BY state_id DESC LIMIT 1`.execute(tx)
  return rows[0]
}

async function migrationsAfter(tx: Db, version: number): Promise<{ version: number; checksum: string }[]> {
  const { rows } = await sql<{ version: number; checksum: string }>`
    SELECT version, checksum FROM schema_migrations WHERE version > ${version} ORDER BY version`.execute(tx)
  return rows
}
