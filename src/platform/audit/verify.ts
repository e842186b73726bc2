import type pg from 'pg'
import type { Storage } from '../storage/index.ts'
import { type Copy, copiesOf, isCopyOf, readCopy } from './copies.ts'
import { RETENTION_MONTHS, type RetentionClass } from './entry.ts'
import type { AuditMacs } from './macs.ts'
import type { Seal } from './seal-head.ts'
import type { AuditMonth } from './seal-rows.ts'
import { eachHeldRow, inSnapshot } from './snapshot.ts'
import type { Verdict } from './verdict.ts'
import { chainProblems, MonthCheck, type Problem, uuidOf } from './verify-month.ts'

export type { Problem } from './verify-month.ts'

export type Verifier = {
  /** A connection of its own, as the owner or app_worker: rows are streamed. */
  readonly client: pg.ClientBase
  readonly storage: Storage
  readonly macs: AuditMacs
  /** Each row that is altered, removed or inserted, each seal that is not as it was; as it is found. */
  report(month: AuditMonth, problem: Problem): void
}

/**
 * Holds every row of a class and month against its MAC, its seal and the seals that are kept outside (R35), in one
 * snapshot. What it cannot see: rows that came and went between two seals, a minute apart.
 */
export async function verifyMonth(verifier: Verifier, month: AuditMonth): Promise<Verdict> {
  const { client, storage } = verifier
  // First what is outside: all of it is in the snapshot that follows.
  const copies = Object.hasOwn(RETENTION_MONTHS, month.retention_class)
    ? await listed(copiesOf(storage, month))
    : []
  return inSnapshot(client, () => verifyIn(verifier, month, copies))
}

async function verifyIn(verifier: Verifier, month: AuditMonth, copies: readonly Copy[]): Promise<Verdict> {
  const { client, storage, macs } = verifier
  let [problems, first]: [number, Problem | undefined] = [0, undefined]
  const report = (problem: Problem) => {
    problems++
    first ??= problem
    verifier.report(month, problem)
  }
  const { seals, here } = await sealsOf(client, month)
  const outside = await foundOutside(storage, seals, copies, report)
  const all = [...seals, ...outside].sort((a, b) => a.number - b.number)
  for (const problem of chainProblems(all)) report(problem)
  const altered: number[] = []
  const check = new MonthCheck(macs, all, (problem) => {
    if (problem.kind === 'seal_altered' && problem.seal !== undefined) altered.push(problem.seal)
    report(problem)
  })
  const last = seals.at(-1)
  await eachHeldRow(client, month, last?.cluster === here ? last.to_xid : undefined, (row) => check.take(row))
  if (check.rows > 0 || isKept(month)) check.end()
  await nameLost(verifier, { month, seals, copies, altered }, report)
  return { ...month, rows: check.rows, seals: all.length, unsealed: check.unsealed, problems, first }
}

/** The row behind which a seal's list of ids was shortened is named by the copy. */
async function nameLost(
  { client, storage }: Verifier,
  {
    month,
    seals,
    copies,
    altered,
  }: { month: AuditMonth; seals: readonly Seal[]; copies: readonly Copy[]; altered: readonly number[] },
  report: (problem: Problem) => void,
): Promise<void> {
  for (const number of altered) {
    const [seal, copy] = [
      seals.find((one) => one.number === number),
      copies.find((one) => one.number === number),
    ]
    const kept = copy && (await readCopy(storage, copy))
    if (!seal || !kept) continue
    const listedIds = new Set(idsOf(seal))
    const lost = idsOf(kept).filter((id) => !listedIds.has(id))
    const { rows } = await client.query<{ log_id: string }>(
      `SELECT log_id FROM public.audit_logs WHERE log_id = ANY ($1) AND retention_class = $2 AND timestamp >= $3::date
         AND timestamp < $3::date + interval '1 month'`,
      [lost, month.retention_class, month.month],
    )
    const there = new Set(rows.map(({ log_id }) => log_id))
    for (const logId of lost) if (!there.has(logId)) report({ kind: 'removed', logId, seal: number })
  }
}

/** Seals that were kept outside and are not in the database; and the other way round. */
async function foundOutside(
  storage: Storage,
  seals: readonly HeldSeal[],
  copies: readonly Copy[],
  report: (problem: Problem) => void,
): Promise<Seal[]> {
  const byNumber = new Map(seals.map((seal) => [seal.number, seal]))
  const last = seals.at(-1)?.number ?? 0
  const found: Seal[] = []
  for (const copy of copies) {
    const held = byNumber.get(copy.number)
    if (held && isCopyOf(copy, held)) continue
    report({
      kind: held ? 'seal_altered' : copy.number > last ? 'tail_cut' : 'seal_missing',
      seal: copy.number,
    })
    const seal = held ? null : await readCopy(storage, copy)
    if (seal) found.push(seal)
  }
  const kept = new Set(copies.map(({ number }) => number))
  for (const seal of seals) {
    if (seal.stored_at !== null && !kept.has(seal.number)) report({ kind: 'copy_missing', seal: seal.number })
  }
  return found
}

type HeldSeal = Seal & { readonly stored_at: string | null }

async function sealsOf(
  client: pg.ClientBase,
  month: AuditMonth,
): Promise<{ seals: HeldSeal[]; here: string }> {
  const { rows: seals } = await client.query<HeldSeal>(
    `SELECT retention_class, month::text AS month, number, cluster, from_xid::text, to_xid::text, row_count, log_ids, previous, head,
       stored_at::text
     FROM public.audit_seals WHERE retention_class = $1 AND month = $2::date ORDER BY number`,
    [month.retention_class, month.month],
  )
  const { rows } = await client.query<{ here: string }>(
    'SELECT system_identifier::text AS here FROM pg_control_system()',
  )
  return { seals, here: rows[0]!.here }
}

/** Beyond its class's time the month is dropped as a whole, and its seals stand for it (R20). */
function isKept({ retention_class, month }: AuditMonth): boolean {
  const end = new Date(`${month}T00:00:00Z`)
  end.setUTCMonth(end.getUTCMonth() + 1 + RETENTION_MONTHS[retention_class as RetentionClass])
  return end.getTime() > Date.now()
}

function idsOf({ log_ids, row_count }: Seal): string[] {
  return Array.from({ length: row_count }, (_, at) => uuidOf(log_ids.subarray(at * 16, at * 16 + 16)))
}

async function listed<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
