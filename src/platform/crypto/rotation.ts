import { setTimeout as sleep } from 'node:timers/promises'
import type { Database, Db } from '../db/index.ts'
import { type FieldCipher, UnopenableField } from './fields.ts'
import { type SealedColumn, type SealedTable, sealedTables } from './sealed-columns.ts'
import {
  countByKey,
  type KeyCount,
  type Keyed,
  type RenewedValue,
  renewRows,
  type SealedValue,
  samplesOf,
  sealedRows,
} from './sealed-rows.ts'

export type ColumnState = { readonly column: SealedColumn; readonly keys: readonly KeyCount[] }

/** Where a value could not be opened: damaged, or by a key that is not on the ring. */
type Unopenable = { readonly column: SealedColumn; readonly key: string }

export type Rotated = {
  /** Values that were sealed, or indexed, anew. */
  readonly renewed: number
  /** Left as they are. */
  readonly unopenable: readonly Unopenable[]
}

export type RotationOptions = {
  readonly columns: readonly SealedColumn[]
  readonly fields: FieldCipher
  readonly signal: AbortSignal
  /** Values a second at most, so that people who use the platform meanwhile notice nothing. */
  readonly perSecond?: number
  readonly batch?: number
  onBatch?(table: SealedTable, looked: number, renewed: number): void
}

const BATCH = 50
const PER_SECOND = 3600

/** Which key sealed how many values of each column. */
export async function keyState(db: Db, columns: readonly SealedColumn[]): Promise<ColumnState[]> {
  const states: ColumnState[] = []
  for (const column of columns) states.push({ column, keys: await countByKey(db, column) })
  return states
}

/**
 * Whether of a few values that each key of the ring sealed in each column any opens by it: a ring can hold another key under
 * a number, and what SECRET_KEY makes changes with it. Answers where none does.
 */
export async function foreignKeys(
  db: Db,
  states: readonly ColumnState[],
  fields: FieldCipher,
): Promise<{ column: SealedColumn; key: number }[]> {
  const foreign: { column: SealedColumn; key: number }[] = []
  for (const { column, keys } of states) {
    for (const { key } of keys) {
      if (!fields.keyIds.includes(key)) continue
      const samples = await samplesOf(db, column, key)
      if (!samples.some((sample) => opens(fields, column, sample))) foreign.push({ column, key })
    }
  }
  return foreign
}

function opens(
  fields: FieldCipher,
  column: SealedColumn,
  { place, sealed }: Pick<SealedValue, 'place' | 'sealed'>,
) {
  try {
    fields.open(column.context(place as never), sealed) // of the type that its column gives
    return true
  } catch (error) {
    if (error instanceof UnopenableField) return false
    throw error
  }
}

/**
 * Brings every value under the first key of the ring, and every blind index under the index keys in force, while the
 * platform runs. Each batch is one short transaction that writes a value only where nobody changed it meanwhile; ended
 * anywhere it is begun again, and passes over what is done. `db` is the owner's.
 */
export async function rotate(db: Database, options: RotationOptions): Promise<Rotated> {
  const total = { renewed: 0, unopenable: [] as Unopenable[] }
  for (const table of sealedTables(options.columns)) {
    for await (const { renewed, unopenable } of walk(db, table, options)) {
      total.renewed += renewed
      total.unopenable.push(...unopenable)
    }
  }
  return total
}

type Batch = { readonly renewed: number; readonly unopenable: readonly Unopenable[] }

async function* walk(db: Database, table: SealedTable, options: RotationOptions): AsyncIterable<Batch> {
  const { fields, signal, batch: size = BATCH, perSecond = PER_SECOND } = options
  const [current] = fields.keyIds as [number]
  let after: string | null = null
  while (!signal.aborted) {
    const began = performance.now()
    const rows: Keyed<SealedValue>[] = await sealedRows(db.anonymous, table, { after, size, current })
    const { renewals, unopenable } = renewalsOf(rows, table, fields)
    const renewed =
      renewals.length === 0 ? 0 : await db.transaction(null, (tx) => renewRows(tx, table, renewals))
    options.onBatch?.(table, countOf(rows), renewed)
    yield { renewed, unopenable }
    after = rows.at(-1)?.key ?? null
    if (rows.length < size) return
    await pause((1000 * countOf(renewals)) / perSecond - (performance.now() - began), signal)
  }
}

function countOf(rows: readonly Keyed<unknown>[]): number {
  return rows.reduce((sum, { values }) => sum + values.filter((value) => value !== undefined).length, 0)
}

function renewalsOf(rows: readonly Keyed<SealedValue>[], { columns }: SealedTable, fields: FieldCipher) {
  const unopenable: Unopenable[] = []
  const renewed = ({ key, values }: Keyed<SealedValue>): Keyed<RenewedValue> => ({
    key,
    values: columns.map((column, n) => {
      const value = values[n]
      try {
        return value && renewedOf(value, column, fields)
      } catch (error) {
        if (!(error instanceof UnopenableField)) throw error
        unopenable.push({ column, key })
        return undefined
      }
    }),
  })
  return { renewals: rows.map(renewed).filter((row) => countOf([row]) > 0), unopenable }
}

/** Undefined for what is as it should be. */
function renewedOf(value: SealedValue, column: SealedColumn, fields: FieldCipher): RenewedValue | undefined {
  const context = column.context(value.place as never) // of the type that its column gives
  const text = fields.open(context, value.sealed)
  const index = column.index ? fields.index(column.index.kind, text) : null
  const next = column.index ? fields.nextIndex(column.index.kind, text) : null
  if (!fields.isOutdated(value.sealed) && isSame(value.index, index) && isSame(value.next, next))
    return undefined
  return { was: value.sealed, sealed: fields.seal(context, text), index, next }
}

function isSame(one: Buffer | null, other: Buffer | null): boolean {
  return one === null || other === null ? one === other : one.equals(other)
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds > 1) await sleep(milliseconds, undefined, { signal }).catch(() => {})
}
