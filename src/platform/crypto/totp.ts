import { Secret, TOTP } from 'otpauth'
import qrcode from 'qrcode'

/** RFC 6238 as every authenticator app speaks it. */
const ALGORITHM = { algorithm: 'SHA1', digits: 6, period: 30 } as const
/** Steps either side: a phone's clock may be half a minute off, a slow typist late. */
const WINDOW = 1
const CODE = /^\d{6}$/

/** 160 random bits (RFC 4226, 4), base32: what is sealed and what a person may type. */
export function newTotpSecret(): string {
  return new Secret({ size: 20 }).base32
}

/**
 * The step (30 s since 1970) that a code belongs to, within one of now; null when it belongs to none. The caller keeps the
 * last step and refuses one that is not greater, in the statement that moves it: a code is good once (RFC 6238, 5.2).
 */
export function totpStep(secret: string, code: string, now: Date): number | null {
  if (!CODE.test(code)) return null
  const timestamp = now.getTime()
  const totp = new TOTP({ ...ALGORITHM, secret: Secret.fromBase32(secret) })
  const delta = totp.validate({ token: code, timestamp, window: WINDOW })
  return delta === null ? null : totp.counter({ timestamp }) + delta
}

/** The code of a moment: what the app on the phone shows. */
export function totpCode(secret: string, now: Date): string {
  return new TOTP({ ...ALGORITHM, secret: Secret.fromBase32(secret) }).generate({ timestamp: now.getTime() })
}

/** `otpauth://totp/…`, for the QR code and for who cannot scan. `account` is what tells one of a person's entries from another. */
export function totpUri(secret: string, issuer: string, account: string): string {
  return new TOTP({ ...ALGORITHM, issuer, label: account, secret: Secret.fromBase32(secret) }).toString()
}

/** A text as a QR code, an SVG document of about 10 kB. */
export function qrSvg(text: string): Promise<string> {
  return qrcode.toString(text, { type: 'svg', errorCorrectionLevel: 'M', margin: 2 })
}
