import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import type { KeyRing } from './key-ring.ts'

/**
 * Seals single values before they reach the database (R19), AES-256-GCM. `context` names the one place where a value
 * belongs, `users.phone_number:<user_id>`: moved to another row or column it does not open.
 */
export type FieldCipher = {
  /** Version, key's number, nonce, cipher text, tag: 30 bytes more than the text in UTF-8. */
  seal(context: string, text: string): Buffer
  /** Throws UnopenableField for what was not sealed here, was changed, belongs elsewhere, or whose key is gone. */
  open(context: string, sealed: Buffer): string
  /** The same in base64url, for text columns: 160 bytes of text fit VARCHAR(255). */
  sealText(context: string, text: string): string
  openText(context: string, sealed: string): string
  /** True for what an older key sealed: seal it anew, and that key can go once none is left. */
  isOutdated(sealed: Buffer): boolean
  /** The numbers of the keys on the ring, the one that seals first. */
  readonly keyIds: readonly number[]
  /** 32 bytes that are equal for equal texts of one kind (`phone`), and tell nothing else. Normalise the text first. */
  index(kind: string, text: string): Buffer
  /** The same under the key that will take that one's place, to be written beside it; null while none will. */
  nextIndex(kind: string, text: string): Buffer | null
}

/** The row is damaged or the key ring incomplete; says nothing of the value. */
export class UnopenableField extends Error {
  override readonly name = 'UnopenableField'
}

const VERSION = 1
const NONCE = 12
const TAG = 16
const HEAD = 2 + NONCE

/** Throws when the ring is empty. A key's random nonces are good for 2^32 values (NIST SP 800-38D, 8.3). */
export function createFieldCipher({ keys, indexKey, nextIndexKey = null }: KeyRing): FieldCipher {
  const [current] = keys
  if (!current) throw new Error('a field cipher needs a key')

  function seal(context: string, text: string): Buffer {
    const head = Buffer.concat([Buffer.from([VERSION, current!.id]), randomBytes(NONCE)])
    const cipher = createCipheriv('aes-256-gcm', current!.key, head.subarray(2))
    cipher.setAAD(boundTo(head, context))
    return Buffer.concat([head, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  }

  function open(context: string, sealed: Buffer): string {
    if (sealed.length < HEAD + TAG || sealed[0] !== VERSION) throw new UnopenableField('not a sealed value')
    const held = keys.find(({ id }) => id === sealed[1])
    if (!held) throw new UnopenableField(`no key ${sealed[1]} on the ring`)
    const head = sealed.subarray(0, HEAD)
    const decipher = createDecipheriv('aes-256-gcm', held.key, head.subarray(2), { authTagLength: TAG })
    decipher.setAAD(boundTo(head, context)).setAuthTag(sealed.subarray(-TAG))
    const text = decipher.update(sealed.subarray(HEAD, -TAG))
    try {
      return Buffer.concat([text, decipher.final()]).toString('utf8')
    } catch {
      throw new UnopenableField('changed, or of another place')
    }
  }

  return {
    seal,
    open,
    sealText: (context, text) => seal(context, text).toString('base64url'),
    openText: (context, sealed) => open(context, Buffer.from(sealed, 'base64url')),
    isOutdated: (sealed) => sealed[1] !== current.id,
    keyIds: keys.map(({ id }) => id),
    index: (kind, text) => blindIndex(indexKey, kind, text),
    nextIndex: (kind, text) => (nextIndexKey === null ? null : blindIndex(nextIndexKey, kind, text)),
  }
}

function blindIndex(key: Buffer, kind: string, text: string): Buffer {
  return createHmac('sha256', key).update(`${kind}\n${text}`).digest()
}

/** Version and key's number are bound too; their length is fixed, so no two pairs read the same. */
function boundTo(head: Buffer, context: string): Buffer {
  return Buffer.concat([head.subarray(0, 2), Buffer.from(context)])
}
