import type { FieldKey, ReadyConfig } from '../config.ts'
import { deriveKey } from './signing.ts'

/** The first key seals, all of them open. `indexKey` is for look-ups alone. */
export type KeyRing = { readonly keys: readonly FieldKey[]; readonly indexKey: Buffer }

/** The key made from SECRET_KEY. It is always on the ring, so that what it sealed opens when FIELD_KEYS is set later. */
const DERIVED = 0

/** FIELD_KEYS and INDEX_KEY, or what SECRET_KEY gives in their place. */
export function keyRingOf(config: Pick<ReadyConfig, 'fieldKeys' | 'indexKey' | 'secretKey'>): KeyRing {
  const derived = { id: DERIVED, key: deriveKey(config.secretKey, 'field keys') }
  return {
    keys: [...config.fieldKeys, derived],
    indexKey: config.indexKey ?? deriveKey(config.secretKey, 'blind index'),
  }
}
