import type { Database, Db } from '../db/index.ts'
import type { Storage } from '../storage/index.ts'
import { auditingOf } from './auditing.ts'
import { keepCopy } from './copies.ts'
import { headOf } from './seal-head.ts'
import {
  type AuditMonth,
  auditMonths,
  chainEnd,
  deleteOldMonthKeys,
  everUnsealedRows,
  holdChain,
  insertSeal,
  markStored,
  unsealedRows,
  unstoredSeals,
} from './seal-rows.ts'

export type Sealed = { readonly rows: number; readonly seals: number; readonly copies: number }

const MOST_ROWS = 50_000
const COPIES_AT_ONCE = 100

/**
 * Links what is committed to the chain of its class and month, then keeps a copy of each new seal outside the database.
 * Safe to repeat, to race and to be cut short anywhere: a seal is one transaction, and a copy that is missing is made by
 * the next run.
 */
export async function sealAudit(
  { db, storage, signal }: { db: Database; storage: Storage; signal: AbortSignal },
  most = MOST_ROWS,
): Promise<Sealed> {
  let [rows, seals] = [0, 0]
  for (const month of await auditMonths(db.anonymous)) {
    for (let isMore = true; isMore && !signal.aborted; ) {
      const sealed = await db.transaction(null, (tx) => sealNext(tx, month, most))
      rows += sealed ?? 0
      seals += sealed === undefined ? 0 : 1
      isMore = sealed !== undefined && sealed >= most
    }
  }
  await deleteOldMonthKeys(db.anonymous)
  return { rows, seals, copies: await keepCopies(db, storage, signal) }
}

/** How many rows the next seal of the chain covers; undefined when there is none to make. */
async function sealNext(tx: Db, month: AuditMonth, most: number): Promise<number | undefined> {
  if (!(await holdChain(tx, month))) return undefined
  const { cluster, last, isBehind } = await chainEnd(tx, month)
  // A dump that was restored elsewhere: its rows carry numbers that mean nothing here.
  const isOpening = last === undefined || last.cluster !== cluster || isBehind
  const from = isOpening ? '0' : last.to_xid
  const found = isOpening
    ? await everUnsealedRows(tx, month)
    : await unsealedRows(tx, month, { from, cluster, most })
  // An opening is made of nothing too, so that a month which it has read is not read again.
  if (found.row_count === 0 && (!isOpening || (last === undefined && 'is_empty' in found && found.is_empty)))
    return undefined
  const { to_xid, row_count, log_ids } = found
  const seal = {
    ...month,
    to_xid,
    row_count,
    log_ids,
    number: (last?.number ?? 0) + 1,
    cluster,
    from_xid: from,
    previous: last?.head ?? Buffer.alloc(0),
  }
  const head = headOf(auditingOf(tx).macs, seal, found.macs)
  await insertSeal(tx, { ...seal, head }, found.out_of_turn)
  return row_count
}

/** The oldest first; how many. */
async function keepCopies(db: Database, storage: Storage, signal: AbortSignal): Promise<number> {
  let kept = 0
  while (!signal.aborted) {
    const waiting = await unstoredSeals(db.anonymous, COPIES_AT_ONCE)
    for (const seal of waiting) {
      await keepCopy(storage, seal)
      await markStored(db.anonymous, seal)
    }
    kept += waiting.length
    if (waiting.length < COPIES_AT_ONCE) break
  }
  return kept
}
