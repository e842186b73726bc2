import { createCipheriv, createECDH, type ECDH, hkdfSync, randomBytes } from 'node:crypto'

/** What a browser gives out with its endpoint (RFC 8291, 3.1), base64url. */
export type PushKeys = { readonly p256dh: string; readonly auth: string }

/** What a message is sealed with; new for each, given only by the test that compares with RFC 8291's example. */
type Fresh = { readonly salt: Buffer; readonly curve: ECDH; readonly padTo: number }

const RECORD = 4096
const TAG = 16
/** The length of a message tells little of what it says. */
const PAD_TO = 256
/** Push services take 4096 bytes; the header has 86, the tag 16, the end of the padding 1. */
export const LONGEST_PAYLOAD = RECORD - 86 - TAG - 1

/** Seals a text for one browser: `aes128gcm` of RFC 8188 with the keys of RFC 8291. Throws for keys that are none. */
export function sealPush(text: string, { p256dh, auth }: PushKeys, fresh: Partial<Fresh> = {}): Buffer {
  const { salt = randomBytes(16), curve = newCurve(), padTo = PAD_TO } = fresh
  const plain = Buffer.from(text)
  if (plain.length > LONGEST_PAYLOAD) throw new RangeError('a push message is too long')
  const [theirs, ours] = [Buffer.from(p256dh, 'base64url'), curve.getPublicKey()]
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), theirs, ours])
  const secret = curve.computeSecret(theirs)
  const key = Buffer.from(hkdfSync('sha256', secret, Buffer.from(auth, 'base64url'), info, 32))
  const derive = (what: string, length: number) =>
    Buffer.from(hkdfSync('sha256', key, salt, Buffer.from(`Content-Encoding: ${what}\0`), length))
  const cipher = createCipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12))
  const padded = Buffer.alloc(Math.min(Math.ceil((plain.length + 1) / padTo) * padTo, LONGEST_PAYLOAD + 1))
  plain.copy(padded)
  padded[plain.length] = 2 // the last record ends so (RFC 8188, 2)
  const head = Buffer.alloc(21)
  salt.copy(head)
  head.writeUInt32BE(RECORD, 16)
  head[20] = ours.length
  return Buffer.concat([head, ours, cipher.update(padded), cipher.final(), cipher.getAuthTag()])
}

/** Whether something can be sealed for them: a point of the curve, and sixteen bytes. */
export function arePushKeys(keys: PushKeys): boolean {
  if (Buffer.from(keys.auth, 'base64url').length !== 16) return false
  try {
    sealPush('', keys)
    return true
  } catch {
    return false
  }
}

function newCurve(): ECDH {
  const curve = createECDH('prime256v1')
  curve.generateKeys()
  return curve
}
