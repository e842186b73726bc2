import { Readable } from 'node:stream'
import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { originsOf } from '../../platform/audit/origins.ts'
import { csvLine } from '../../platform/csv.ts'
import { decodeCursor, encodeCursor, LAST_ID, PAGE } from '../../platform/cursor.ts'
import type { Db } from '../../platform/db/index.ts'
import { notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import {
  type AuditFilter,
  auditEntry,
  auditIntegrity,
  auditPage,
  auditRows,
  type Integrity,
} from './queries/audit.ts'
import { recordRead } from './staff-reads.ts'

type Request = AuditFilter & { readonly cursor?: string; readonly limit?: number }

const NEWEST = ['infinity', LAST_ID] as const
const CSV_PAGE = 2_000
const CSV_COLUMNS = [
  'timestamp',
  'log_id',
  'retention_class',
  'severity',
  'action',
  'user_id',
  'impersonating_user_id',
  'entity_type',
  'entity_id',
  'request_id',
  'changes',
  'metadata',
] as const

/** A page of the audit, the newest first; that it was searched is itself in it. */
export function searchAudit({ db }: Services, actor: Actor, { cursor, limit = PAGE, ...filter }: Request) {
  const before = placeOf(cursor, filter)
  return db.transaction(actor, async (tx) => {
    const found = await auditPage(tx, filter, { before, show: limit + 1 })
    const items = found.slice(0, limit)
    await recordSearch(tx, actor, 'identity.audit_searched', filter)
    const last = found.length > limit ? items.at(-1) : undefined
    const key = last && [last.timestamp, last.log_id]
    return { items, next_cursor: key ? encodeCursor({ sort: 'audited', key, filter }) : null }
  })
}

function placeOf(cursor: string | undefined, filter: AuditFilter): readonly [string, string] {
  if (cursor === undefined) return NEWEST
  const [time = '', id = ''] = decodeCursor(cursor, { sort: 'audited', filter, length: 2 })
  return [time, id]
}

/** One row whole, with where it came from as far as that still opens. 404 `audit_entry.not_found`. */
export function readAuditEntry({ db }: Services, actor: Actor, logId: string) {
  return db.transaction(actor, async (tx) => {
    const row = await auditEntry(tx, logId)
    if (!row) throw notFound('audit_entry', logId)
    const [origin = null] = await originsOf(tx, [row])
    const whose = row.impersonating_user_id ?? row.user_id
    const columns = ['audit_logs.metadata', ...(origin === null ? [] : ['audit_logs.origin_cipher'])]
    if (whose !== null) await recordRead(tx, actor, [whose], columns)
    const { origin_cipher, ...entry } = row
    const { ip = null, agent = null, reason = null } = origin ?? {}
    return {
      ...entry,
      origin: origin_cipher === null ? null : { ip, agent, reason, is_open: origin !== null },
    }
  })
}

/**
 * Everything that matches as CSV, the newest first, page by page as it is taken. That it was exported, and by which filters,
 * stands in the audit before the first line leaves.
 */
export async function exportAudit({ db }: Services, actor: Actor, filter: AuditFilter): Promise<Readable> {
  await db.transaction(actor, (tx) => recordSearch(tx, actor, 'identity.audit_exported', filter))
  async function* lines(): AsyncGenerator<string> {
    yield csvLine(CSV_COLUMNS)
    for (let before: readonly [string, string] = NEWEST; ; ) {
      const rows = await db.transaction(actor, (tx) => auditRows(tx, filter, { before, show: CSV_PAGE }), {
        readOnly: true,
      })
      yield rows.map((row) => csvLine(CSV_COLUMNS.map((column) => row[column]))).join('')
      const last = rows.at(-1)
      if (!last || rows.length < CSV_PAGE) return
      before = [last.timestamp, last.log_id]
    }
  }
  return Readable.from(lines())
}

/** How the chains stand, by class. */
export async function readIntegrity({ db }: Services, actor: Actor): Promise<Integrity[]> {
  return db.transaction(actor, (tx) => auditIntegrity(tx), { readOnly: true })
}

/** Who was looked for, by which words; the rows themselves are there to be found again. */
function recordSearch(tx: Db, actor: Actor, action: string, filter: AuditFilter): Promise<void> {
  return audit(tx, {
    actor,
    action,
    entityType: 'audit',
    entityId: null,
    retentionClass: 'security',
    metadata: filter,
    ...(action === 'identity.audit_exported' && { severity: 'warning' }),
  })
}
