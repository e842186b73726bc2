import type { Storage } from '../../platform/storage/index.ts'

/** Private: nothing below it is served but by a signed address. */
export const EXPORTS = 'exports/'

export function exportKey(userId: string, exportId: string): string {
  return `${EXPORTS}${userId}/${exportId}.zip`
}

/** Undefined for what is no export's. */
export function exportOfKey(key: string): string | undefined {
  return /\/([0-9a-f-]{36})\.zip$/.exec(key)?.[1]
}

/** Safe to repeat. */
export async function deleteExportsOf(storage: Storage, userId: string): Promise<void> {
  for await (const key of storage.list(`${EXPORTS}${userId}/`)) await storage.delete(key)
}
