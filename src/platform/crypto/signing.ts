import { createHmac, timingSafeEqual } from 'node:crypto'

/** A key of its own for one purpose, so that a signature made for one thing never passes for another (RFC 5869's idea). */
export function deriveKey(secret: string, purpose: string): Buffer {
  return createHmac('sha256', secret).update(`derive\n${purpose}`).digest()
}

/** HMAC-SHA-256 (RFC 2104) of the text in UTF-8, base64url. */
export function signText(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url')
}

export function isSignedText(key: Buffer, text: string, signature: string): boolean {
  return equalText(signText(key, text), signature)
}

/** Compares without telling by its duration where the texts differ; only their length shows. */
export function equalText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}
