/** What a chart draws: one value a label. */
export type Point = { readonly label: string; readonly value: number }

/** The top of an axis: a round number that is not below the greatest value, and whose half is round too. */
export function roundTop(greatest: number): number {
  if (greatest <= 2) return 2
  const size = 10 ** Math.floor(Math.log10(greatest))
  const step = [1, 2, 4, 6, 8, 10].find((factor) => factor * size >= greatest) ?? 10
  return step * size
}
