/**
 * Repeats `batch`, which answers how many rows it took, until it takes fewer than `size` or the worker has to end.
 * Each batch is a transaction of its own, so that no lock is held for long. Returns how many rows in all.
 */
export async function inBatches(
  size: number,
  signal: AbortSignal,
  batch: (size: number) => Promise<number>,
): Promise<number> {
  let total = 0
  while (!signal.aborted) {
    const taken = await batch(size)
    total += taken
    if (taken < size) break
  }
  return total
}
