import { createECDH, createPrivateKey, type KeyObject, sign } from 'node:crypto'
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
  const { publicKey, privateKey } = keyPairOf(config)
  const sub = config.push.contact ?? contactOf(config.publicUrl)
  const kept = new Map<string, { readonly header: string; readonly madeAt: number }>()
  return {
    publicKey: publicKey.toString('base64url'),
    authorization(origin) {
      const held = kept.get(origin)
      if (held && now() - held.madeAt < ANEW_SECONDS) return held.header
      const header = `vapid t=${token({ aud: origin, exp: now() + LIFE_SECONDS, sub }, privateKey)}, k=${publicKey.toString('base64url')}`
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

function keyPairOf({ secretKey, push }: Keys): { publicKey: Buffer; privateKey: KeyObject } {
  const curve = createECDH('prime256v1')
  const d = push.vapidKey ?? scalarFrom(secretKey)
  curve.setPrivateKey(d)
  const publicKey = curve.getPublicKey()
  const part = (from: number, to: number) => publicKey.subarray(from, to).toString('base64url')
  const jwk = { kty: 'EC', crv: 'P-256', d: d.toString('base64url'), x: part(1, 33), y: part(33, 65) }
  return { publicKey, privateKey: createPrivateKey({ key: jwk, format: 'jwk' }) }
}

/** One text in four thousand million is no private key of the curve: then the next one is. */
function scalarFrom(secretKey: string): Buffer {
  for (let n = 0; ; n++) {
    const scalar = deriveKey(secretKey, n === 0 ? 'vapid' : `vapid ${n}`)
    try {
      createECDH('prime256v1').setPrivateKey(scalar)
      return scalar
    } catch {}
  }
}

/** A JSON Web Token signed with ES256 (RFC 7518, 3.4). */
function token(claims: Readonly<Record<string, string | number>>, key: KeyObject): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const body = `${encode({ typ: 'JWT', alg: 'ES256' })}.${encode(claims)}`
  return `${body}.${sign('sha256', Buffer.from(body), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}
