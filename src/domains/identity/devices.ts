import { createHash, randomBytes } from 'node:crypto'

const FORM = /^[A-Za-z0-9_-]{43}$/

/** The text by which a device shows that it has been here before: what it sent, if that may be one, else a new one. */
export function deviceKey(known: string | undefined): string {
  return known !== undefined && FORM.test(known) ? known : randomBytes(32).toString('base64url')
}

/** What the database keeps of it; null for a device that shows nothing. */
export function deviceHash(known: string | undefined): Buffer | null {
  if (known === undefined || !FORM.test(known)) return null
  return createHash('sha256').update(known).digest()
}
