import webPush from 'web-push'

/** What a browser gives out with its endpoint (RFC 8291, 3.1), base64url. */
export type PushKeys = { readonly p256dh: string; readonly auth: string }

/** Push services take 4096 bytes; the header has 86, the tag 16, the end of the record 1. */
export const LONGEST_PAYLOAD = 4096 - 86 - 16 - 1
/** The length of a message tells little of what it says. */
const PAD_TO = 256
const AUTH_BYTES = 16

/**
 * Seals a JSON text for one browser: `aes128gcm` of RFC 8188 with the keys of RFC 8291. Blanks at its end, which JSON passes over,
 * fill it up. Throws RangeError for what is too long, Error for keys that are none.
 */
export function sealPush(json: string, { p256dh, auth }: PushKeys): Buffer {
  const plain = Buffer.from(json)
  if (plain.length > LONGEST_PAYLOAD) throw new RangeError('a push message is too long')
  const length = Math.min(Math.ceil(plain.length / PAD_TO) * PAD_TO, LONGEST_PAYLOAD)
  const padded = Buffer.alloc(length, ' ')
  plain.copy(padded)
  return webPush.encrypt(p256dh, auth, padded, 'aes128gcm').cipherText
}

/** Whether something can be sealed for them: a point of the curve, and sixteen bytes. */
export function arePushKeys(keys: PushKeys): boolean {
  if (Buffer.from(keys.auth, 'base64url').length !== AUTH_BYTES) return false
  try {
    sealPush('{}', keys)
    return true
  } catch {
    return false
  }
}
