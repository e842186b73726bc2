import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { BoundedMap } from '../cache/bounded-map.ts'
import { createFieldCipher, type FieldCipher } from '../crypto/fields.ts'
import type { Db } from '../db/index.ts'
import type { RetentionClass } from './entry.ts'

/** Whose key seals an origin: a person's, or else that of a class and month. */
export type KeyOwner =
  | { readonly userId: string }
  | { readonly userId: null; readonly retentionClass: RetentionClass; readonly month: string }

/** Ciphers for ip and agent, one an owner. Look-ups cost a round trip once an owner and process, then nothing. */
export type OriginKeys = {
  /** In the transaction that needs it: makes the key that is not there yet. */
  cipherOf(tx: Db, owner: KeyOwner): Promise<FieldCipher>
  /** From what audit_keys_of() answers. */
  unwrap(owner: KeyOwner, keyCipher: Buffer): FieldCipher
  forget(userId: string): void
}

const MOST_KEYS = 5_000
const TRUST_MS = 600_000
const KEY_NUMBER = 1

/** Keys are random, and wrapped by `fields`. */
export function createOriginKeys(fields: FieldCipher): OriginKeys {
  const known = new BoundedMap<FieldCipher>({ maxEntries: MOST_KEYS, maxBytes: 4_000_000 })

  function unwrap(owner: KeyOwner, keyCipher: Buffer): FieldCipher {
    const key = Buffer.from(fields.open(contextOf(owner), keyCipher), 'base64')
    return createFieldCipher({ keys: [{ id: KEY_NUMBER, key }], indexKey: key })
  }

  return {
    unwrap,
    async cipherOf(tx, owner) {
      const name = nameOf(owner)
      const now = Date.now()
      const held = known.get(name, now)
      if (held) return held
      const offered = fields.seal(contextOf(owner), randomBytes(32).toString('base64'))
      const { userId } = owner
      const of = userId === null ? owner : { retentionClass: null, month: null }
      const { rows } = await sql<{ key_cipher: Buffer; is_new: boolean }>`
        SELECT key_cipher, is_new FROM audit_key(${userId}::uuid, ${of.retentionClass}, ${of.month}::date, ${offered}::bytea)`.execute(
        tx,
      )
      const { key_cipher, is_new } = rows[0]!
      const cipher = unwrap(owner, key_cipher)
      // One made here may yet be rolled back: rows that relied on it would open for nobody.
      if (!is_new) known.set(name, cipher, 100, now + TRUST_MS)
      return cipher
    },
    forget: (userId) => known.delete(userId),
  }
}

function contextOf(owner: KeyOwner): string {
  return owner.userId === null ? monthKeyContext(owner.month) : personKeyContext(owner.userId)
}

/** A wrapped key opens in the row of its person, or of its month, alone. */
export function personKeyContext(userId: string): string {
  return `audit_keys.key_cipher:${userId}`
}

export function monthKeyContext(month: string): string {
  return `audit_month_keys.key_cipher:${month}`
}

export function nameOf(owner: KeyOwner): string {
  return owner.userId ?? `${owner.retentionClass} ${owner.month}`
}
