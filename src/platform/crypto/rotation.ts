import { setTimeout as sleep } from 'node:timers/promises'
import type { Database, Db } from '../db/index.ts'
import { type FieldCipher, UnopenableField } from './fields.ts'
import type { SealedColumn } from './sealed-columns.ts'
import {
  countByKey,
  type KeyCount,
  type Renewal,
  renewRows,
  type SealedRow,
  sealedRows,
} from './sealed-rows.ts'

export type ColumnState = { readonly column: SealedColumn; readonly keys: readonly KeyCount[] }

export type Rotated = {
  /** Sealed, or indexed, anew. */
  readonly renewed: number
  /** Where a value could not be opened: damaged, or by a key that is not on the ring. Left as they are. */
  readonly unopenable: readonly { readonly column: SealedColumn; readonly key: string }[]
}

export type RotationOptions = {
  readonly columns: readonly SealedColumn[]
  readonly fields: FieldCipher
  readonly signal: AbortSignal
  /** Values a second at most, so that people who use the platform meanwhile notice nothing. */
  readonly perSecond?: number
  readonly batch?: number
  onBatch?(column: SealedColumn, looked: number, renewed: number): void
}

const BATCH = 200
const PER_SECOND = 6000

/** Which key sealed how many values of each column. */
export async function keyState(db: Db, columns: readonly SealedColumn[]): Promise<ColumnState[]> {
  const states: ColumnState[] = []
  for (const column of columns) states.push({ column, keys: await countByKey(db, column) })
  return states
}

/**
 * Brings every value under the first key of the ring, and every blind index under the index keys in force, while the
 * platform runs. Each batch is one short transaction that writes a value only where nobody changed it meanwhile; ended
 * anywhere it is begun again, and passes over what is done. `db` is the owner's.
 */
export async function rotate(db: Database, options: RotationOptions): Promise<Rotated> {
  const total = { renewed: 0, unopenable: [] as Rotated['unopenable'][number][] }
  for (const column of options.columns) {
    for await (const { renewed, unopenable } of walk(db, column, options)) {
      total.renewed += renewed
      total.unopenable.push(...unopenable.map((key) => ({ column, key })))
    }
  }
  return total
}

type Batch = { readonly renewed: number; readonly unopenable: readonly string[] }

async function* walk(db: Database, column: SealedColumn, options: RotationOptions): AsyncIterable<Batch> {
  const { fields, signal, batch: size = BATCH, perSecond = PER_SECOND } = options
  const [current] = fields.keyIds as [number]
  let after: string | null = null
  while (!signal.aborted) {
    const began = performance.now()
    const rows: SealedRow[] = await sealedRows(db.anonymous, column, { after, size, current })
    const { renewals, unopenable } = renewalsOf(rows, column, fields)
    const renewed =
      renewals.length === 0 ? 0 : await db.transaction(null, (tx) => renewRows(tx, column, renewals))
    options.onBatch?.(column, rows.length, renewed)
    yield { renewed, unopenable }
    after = rows.at(-1)?.key ?? null
    if (rows.length < size) return
    await pause((1000 * renewals.length) / perSecond - (performance.now() - began), signal)
  }
}

function renewalsOf(rows: readonly SealedRow[], column: SealedColumn, fields: FieldCipher) {
  const renewals: Renewal[] = []
  const unopenable: string[] = []
  for (const row of rows) {
    try {
      const renewal = renewalOf(row, column, fields)
      if (renewal) renewals.push(renewal)
    } catch (error) {
      if (!(error instanceof UnopenableField)) throw error
      unopenable.push(row.key)
    }
  }
  return { renewals, unopenable }
}

/** Undefined for what is as it should be. */
function renewalOf(row: SealedRow, column: SealedColumn, fields: FieldCipher): Renewal | undefined {
  const context = column.context(row.place as never) // of the type that its column gives
  const text = fields.open(context, row.sealed)
  const index = column.index ? fields.index(column.index.kind, text) : null
  const next = column.index ? fields.nextIndex(column.index.kind, text) : null
  if (!fields.isOutdated(row.sealed) && isSame(row.index, index) && isSame(row.next, next)) return undefined
  return { key: row.key, was: row.sealed, sealed: fields.seal(context, text), index, next }
}

function isSame(one: Buffer | null, other: Buffer | null): boolean {
  return one === null || other === null ? one === other : one.equals(other)
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds > 1) await sleep(milliseconds, undefined, { signal }).catch(() => {})
}
