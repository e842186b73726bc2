import { randomBytes } from 'node:crypto'
import { GENERATION_LENGTH, type RedisClient } from './redis-connection.ts'
import { evaluate, script } from './redis-script.ts'

/**
 * An entry is: version, generation, then the family's own. Dropping one leaves a new version alone; what is absent has
 * version zero. So whoever stores tells what they saw, and is refused if it was dropped, or voided, meanwhile.
 */
export type Seen = { readonly generation: string; readonly version: string; readonly rest: string | null }

const VERSION_LENGTH = 12
const HEAD_LENGTH = VERSION_LENGTH + GENERATION_LENGTH
const ABSENT = '0'.repeat(VERSION_LENGTH)

const STORE = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local version = redis.call('GETRANGE', KEYS[2], 0, ${VERSION_LENGTH - 1})
if version == '' then version = '${ABSENT}' end
if version ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[2], ARGV[2] .. ARGV[1] .. ARGV[3], 'PX', ARGV[4])
return 1`)

/** `rest` is null where nothing is stored, or nothing that the generation lets stand. */
export function parseEntry(entry: string, generation: string): Seen {
  const version = entry.slice(0, VERSION_LENGTH) || ABSENT
  const valid = entry.length >= HEAD_LENGTH && entry.startsWith(generation, VERSION_LENGTH)
  return { generation, version, rest: valid ? entry.slice(HEAD_LENGTH) : null }
}

export async function storeEntry(
  client: RedisClient,
  keys: { readonly generation: string; readonly entry: string },
  seen: Pick<Seen, 'generation' | 'version'>,
  rest: string,
  lifeMs: number,
): Promise<void> {
  const values = [seen.generation, seen.version, rest, String(Math.ceil(lifeMs))]
  await evaluate(client, STORE, [keys.generation, keys.entry], values)
}

/** Leaves a new version for `lifeMs`, which must be longer than whoever read before may still take to store. */
export async function dropEntries(
  client: RedisClient,
  keys: readonly string[],
  lifeMs: number,
): Promise<void> {
  const expiration = { type: 'PX', value: lifeMs } as const
  await Promise.all(keys.map((key) => client.set(key, newVersion(), { expiration })))
}

function newVersion(): string {
  return randomBytes(9).toString('base64url')
}
