import { createHash } from 'node:crypto'
import type { RedisClient } from './redis-connection.ts'

export type Script = { readonly text: string; readonly sha: string }

/** Lua, which Redis runs whole with nothing in between. */
export function script(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}

/** By digest; a server that does not know the script yet (new, or restarted) gets its text once. */
export async function evaluate(
  client: RedisClient,
  { text, sha }: Script,
  keys: readonly string[],
  values: readonly string[],
): Promise<unknown> {
  const options = { keys: [...keys], arguments: [...values] }
  try {
    return await client.evalSha(sha, options)
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
    return client.eval(text, options)
  }
}
