import type { Storage } from '../../platform/storage/index.ts'

/** Private: nothing below it is served but by a signed address. */
const EXPORTS = 'exports/'

export function exportKey(userId: string, exportId: string): string {
  return `${EXPORTS}${userId}/${exportId}.zip`
}

/** Safe to repeat. */
export async function deleteExportsOf(storage: Storage, userId: string): Promise<void> {
  for await (const key of storage.list(`${EXPORTS}${userId}/`)) await storage.delete(key)
}
