import { createECDH } from 'node:crypto'
import webPush from 'web-push'
import type { ReadyConfig } from '../config.ts'
import { deriveKey } from '../crypto/signing.ts'

/** Who we are to push services (RFC 8292): a browser subscribes for this key, and takes nothing that another one signed. */
export type Vapid = {
  /** Uncompressed point, base64url: what `pushManager.subscribe` takes. */
  readonly publicKey: string
  /** The `Authorization` header for an origin; made anew twice a day. */
  authorization(origin: string): string
}

type Keys = Pick<ReadyConfig, 'secretKey' | 'publicUrl'> & {
  readonly push: Pick<ReadyConfig['push'], 'vapidKey' | 'contact'>
}

const LIFE_SECONDS = 12 * 3600 // 24 hours at most (RFC 8292, 2)
const ANEW_SECONDS = 6 * 3600

/** `now` in seconds since 1970. */
export function createVapid(config: Keys, now: () => number): Vapid {
  const privateKey = config.push.vapidKey ?? scalarFrom(config.secretKey)
  const publicKey = publicKeyOf(privateKey)
  const sign = (origin: string) => {
    const expires = now() + LIFE_SECONDS
    const secret = privateKey.toString('base64url')
    return webPush.getVapidHeaders(origin, sub, publicKey, secret, 'aes128gcm', expires).Authorization
  }
  const sub = config.push.contact ?? contactOf(config.publicUrl)
  const kept = new Map<string, { readonly header: string; readonly madeAt: number }>()
  return {
    publicKey,
    authorization(origin) {
      const held = kept.get(origin)
      if (held && now() - held.madeAt < ANEW_SECONDS) return held.header
      const header = sign(origin)
      if (kept.size >= 100) kept.clear()
      kept.set(origin, { header, madeAt: now() })
      return header
    },
  }
}

/** Push services want a way to reach whoever sends; an address without https is none to them. */
function contactOf(publicUrl: string): string {
  return publicUrl.startsWith('https://') ? publicUrl : 'mailto:postmaster@localhost.localdomain'
}

function publicKeyOf(privateKey: Buffer): string {
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(privateKey)
  return curve.getPublicKey('base64url')
}

/** One text in four thousand million is no private key of the curve: then the next one is. */
function scalarFrom(secretKey: string): Buffer {
  for (let n = 0; ; n++) {
    const scalar = deriveKey(secretKey, n === 0 ? 'vapid' : `vapid ${n}`)
    try {
      createECDH('prime256v1').setPrivateKey(scalar)
      return scalar
    } catch {
      // Not within the order of the curve: the next one is.
    }
  }
}
