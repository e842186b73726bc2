import type { CopyRows } from './copy-rows.ts'
import type { World } from './world.ts'

/** Writes one column of the row with that number. */
export type Field = (rows: CopyRows, index: number) => void

/** A stretch of the rows that belongs into one partition. */
export type Part = { readonly relation: string; readonly from: number; readonly to: number }

export type Rows = {
  readonly count: number
  /** By column, in the order of the COPY. A column that is left out gets its default: only one that is constant. */
  readonly fields: Readonly<Record<string, Field>>
  /** Of a partitioned table: COPY ... FREEZE works on the leaves alone. */
  readonly parts?: readonly Part[]
}

export type Table = { readonly name: string; open(world: World): Rows }

export const nothing: Field = (rows) => rows.null()
export const words =
  (text: string): Field =>
  (rows) =>
    rows.text(text)
