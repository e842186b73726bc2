import { createClient } from '@redis/client'

/** One key with all that is under it, as text. */
export type CachedEntry = { readonly key: string; readonly value: string }

type Client = ReturnType<typeof createClient>

/**
 * Everything that a Redis holds, whoever wrote it: for an operator who looks for something. Walks by SCAN, so that the
 * server goes on serving; what comes or goes meanwhile may be missed.
 */
export async function* cacheEntries(url: string): AsyncIterable<CachedEntry> {
  const client = createClient({ url })
  // Whoever waits for a command that fails is told.
  client.on('error', () => {})
  await client.connect()
  try {
    for await (const keys of client.scanIterator({ COUNT: 500 })) {
      for (const key of keys) yield { key, value: await textOf(client as Client, key) }
    }
  } finally {
    await client.close()
  }
}

async function textOf(client: Client, key: string): Promise<string> {
  const kind = await client.type(key)
  if (kind === 'string') return (await client.get(key)) ?? ''
  if (kind === 'list') return JSON.stringify(await client.lRange(key, 0, -1))
  if (kind === 'set') return JSON.stringify(await client.sMembers(key))
  if (kind === 'zset') return JSON.stringify(await client.zRange(key, 0, -1))
  if (kind === 'hash') return JSON.stringify(await client.hGetAll(key))
  return ''
}
