import type { FieldKey, ReadyConfig } from '../config.ts'
import { deriveKey } from './signing.ts'

/** The first key seals, all of them open. `indexKey` is for look-ups alone; `nextIndexKey` will take its place. */
export type KeyRing = {
  readonly keys: readonly FieldKey[]
  readonly indexKey: Buffer
  readonly nextIndexKey?: Buffer | null
}

/** The key made from SECRET_KEY. It is always on the ring, so that what it sealed opens when FIELD_KEYS is set later. */
const DERIVED = 0

/** FIELD_KEYS, INDEX_KEY and INDEX_KEY_NEXT, or what SECRET_KEY gives in their place. */
export function keyRingOf(
  config: Pick<ReadyConfig, 'fieldKeys' | 'indexKey' | 'nextIndexKey' | 'secretKey'>,
): KeyRing {
  const derived = { id: DERIVED, key: deriveKey(config.secretKey, 'field keys') }
  return {
    keys: [...config.fieldKeys, derived],
    indexKey: config.indexKey ?? deriveKey(config.secretKey, 'blind index'),
    nextIndexKey: config.nextIndexKey,
  }
}
