import { createHmac, createSecretKey, type Hmac, type KeyObject } from 'node:crypto'
import type { ReadyConfig } from '../config.ts'
import { deriveKey } from '../crypto/signing.ts'

/** Keyed MACs of audit rows and seals: 33 bytes, the key's number and HMAC-SHA-256. The first key signs, all verify. */
export type AuditMacs = {
  of(text: string | Buffer): Buffer
  /** False for what was changed, and for a MAC whose key is not on the ring. */
  isOf(text: string | Buffer, mac: Buffer): boolean
}

export const MAC_BYTES = 33
/** The key made from SECRET_KEY. It is always on the ring, so that what it signed verifies when AUDIT_KEYS is set later. */
const DERIVED = 0

export function auditMacs({ auditKeys, secretKey }: Pick<ReadyConfig, 'auditKeys' | 'secretKey'>): AuditMacs {
  const derived = { id: DERIVED, key: deriveKey(secretKey, 'audit') }
  // A KeyObject is six times as fast as the bytes, which are prepared anew at each call.
  const ring = [...auditKeys, derived].map(({ id, key }) => ({ id, key: createSecretKey(key) }))
  const keys = new Map(ring.map(({ id, key }) => [id, key]))
  const current = ring[0]!

  return {
    of: (text) => Buffer.concat([Buffer.of(current.id), digest(current.key, text)]),
    isOf(text, mac) {
      const key = keys.get(mac[0] ?? -1)
      // Nobody can ask this from outside, so how long it takes may tell where they differ.
      return key !== undefined && mac.length === MAC_BYTES && digest(key, text).compare(mac, 1) === 0
    },
  }
}

function digest(key: KeyObject, text: string | Buffer): Buffer {
  const hmac: Hmac = createHmac('sha256', key)
  return hmac.update(text as string).digest()
}
