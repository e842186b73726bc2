import { sql } from 'kysely'
import type { Db, Statement } from '../../../platform/db/index.ts'

/** Marketing has no document of its own; what it means stands beside the switch. */
export const MARKETING_VERSION = '1'

/**
 * What somebody has agreed to as JSON text, with all that they said. $1: whose. Walks idx_user_consents_user. Due is the
 * version in force that came after the account, or after what was accepted: as `read_me` has it.
 */
export const CONSENTS: Statement = {
  name: 'consents',
  text: `
    WITH said AS (SELECT * FROM user_consents WHERE user_id = $1),
    current AS (
      SELECT purpose, version, effective_from FROM (
        SELECT DISTINCT ON (document) document AS purpose, version, effective_from FROM legal_documents
        WHERE effective_from <= now() ORDER BY document, effective_from DESC) d
      UNION ALL SELECT 'marketing', '${MARKETING_VERSION}', NULL)
    SELECT json_build_object(
      'items', (SELECT json_agg(json_build_object('purpose', c.purpose, 'current_version', c.version,
          'granted', coalesce(l.granted, false), 'version', l.version, 'recorded_at', l.recorded_at,
          'is_due', c.effective_from IS NOT NULL
            AND NOT EXISTS (SELECT FROM said s WHERE s.purpose = c.purpose AND s.version = c.version AND s.granted)
            AND (l.version IS NOT NULL OR c.effective_from > (SELECT u.created_at FROM users u WHERE u.user_id = $1)))
          ORDER BY array_position(ARRAY['terms', 'privacy', 'marketing'], c.purpose::text))
        FROM current c
        LEFT JOIN LATERAL (SELECT s.* FROM said s WHERE s.purpose = c.purpose ORDER BY s.recorded_at DESC, s.consent_id DESC LIMIT 1) l ON true),
      'history', (SELECT coalesce(json_agg(json_build_object('purpose', h.purpose, 'version', h.version, 'granted', h.granted,
          'recorded_at', h.recorded_at, 'source', h.source) ORDER BY h.recorded_at DESC, h.consent_id DESC), '[]'::json)
        FROM (SELECT * FROM said ORDER BY recorded_at DESC, consent_id DESC LIMIT 100) h))::text`,
}

/** The version in force of a document. */
export async function versionInForce(db: Db, document: string): Promise<string | undefined> {
  const { rows } = await sql<{ version: string }>`
    SELECT version FROM legal_documents WHERE document = ${document} AND effective_from <= now()
    ORDER BY effective_from DESC LIMIT 1`.execute(db)
  return rows[0]?.version
}

/**
 * One's own word, added to what one said before; the same word again adds nothing. The lock lets two at once come one after
 * the other. Answers whether it was added.
 */
export async function addConsent(
  db: Db,
  userId: string,
  {
    purpose,
    version,
    granted,
    ip,
  }: { purpose: string; version: string; granted: boolean; ip: string | null },
): Promise<boolean> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('consents of ' || ${userId}, 0))`.execute(db)
  const { numAffectedRows } = await sql`
    INSERT INTO user_consents (user_id, purpose, version, granted, ip_address, source, recorded_at)
    SELECT ${userId}::uuid, ${purpose}::text, ${version}::text, ${granted}::boolean, ${ip}::inet, 'settings', clock_timestamp()
    WHERE NOT EXISTS (
      SELECT FROM (
        SELECT granted, version FROM user_consents WHERE user_id = ${userId}::uuid AND purpose = ${purpose}::text
        ORDER BY recorded_at DESC, consent_id DESC LIMIT 1) last
      WHERE last.granted = ${granted}::boolean AND last.version = ${version}::text)`.execute(db)
  return Number(numAffectedRows ?? 0) > 0
}
