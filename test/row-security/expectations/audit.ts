import type { Case } from '../case.ts'
import type { World } from '../world.ts'

const OF_STAFF = { select: 'staff', insert: 'nobody', update: 'nobody', delete: 'nobody' } as const
const OF_JOBS = { ...OF_STAFF, select: 'nobody' } as const
const MONTH = { retention_class: 'security', month: '2026-01-01' }
const HEAD = `\\x${'00'.repeat(33)}`

/** What shows whether the audit was touched: staff may look, jobs add, and nobody takes back. Keys are seen by nobody. */
export const audit = (w: World): Case[] => [
  {
    table: 'audit_keys',
    row: { user_id: w.owner, key_cipher: '\\x01' },
    change: { key_cipher: '\\x02' },
    ...OF_JOBS,
    jobs: 'select delete',
  },
  {
    table: 'audit_month_keys',
    row: { ...MONTH, key_cipher: '\\x01' },
    fresh: { month: '2026-02-01' },
    change: { key_cipher: '\\x02' },
    ...OF_JOBS,
    jobs: 'select delete',
  },
  {
    table: 'audit_seals',
    row: { ...seal(1), ...MONTH },
    fresh: { number: 2 },
    change: { stored_at: '2026-01-02T00:00:00Z' },
    ...OF_STAFF,
    jobs: 'select insert update',
  },
  {
    table: 'audit_checks',
    row: { ...MONTH, row_count: 1, seal_count: 1, problem_count: 0 },
    change: { problem_count: 1 },
    ...OF_STAFF,
    jobs: 'select insert delete',
  },
  {
    table: 'audit_alerts',
    row: { alert_key: '\\x01', kind: 'role_change' },
    fresh: { alert_key: '\\x02' },
    change: { kind: 'bulk_export' },
    ...OF_STAFF,
    jobs: 'select insert delete',
  },
  {
    table: 'schema_states',
    row: { fingerprint: '\\x01', version: 1 },
    change: { version: 2 },
    ...OF_JOBS,
    jobs: 'select insert',
  },
]

function seal(number: number) {
  return {
    number,
    cluster: '1',
    from_xid: '0',
    to_xid: '10',
    row_count: 0,
    log_ids: '\\x',
    previous: '\\x',
    head: HEAD,
  }
}
