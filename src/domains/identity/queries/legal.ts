import { sql } from 'kysely'
import type { Db, Statement } from '../../../platform/db/index.ts'

/** The documents in force at this moment as JSON text. */
export const LEGAL: Statement = {
  name: 'legal',
  text: `
    SELECT json_object_agg(document, json_build_object('version', version, 'effective_from', effective_from))::text
    FROM (
      SELECT DISTINCT ON (document) document, version, effective_from
      FROM legal_documents WHERE effective_from <= now()
      ORDER BY document, effective_from DESC
    ) in_force`,
}

export type Consent = {
  readonly document: string
  readonly version: string
  readonly ip: string | null
  /** How it was said: `registration`, `provider`. */
  readonly source: string
}

/** One's own word, added to what one said before. */
export async function insertConsents(db: Db, userId: string, consents: readonly Consent[]): Promise<void> {
  await db
    .insertInto('user_consents')
    .values(
      consents.map(({ document, version, ip, source }) => ({
        user_id: userId,
        purpose: document,
        version,
        granted: true,
        ip_address: sql<string | null>`${ip}::inet`,
        source,
      })),
    )
    .execute()
}
