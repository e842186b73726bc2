import { createHash, randomBytes } from 'node:crypto'
import type { Db } from '../../platform/db/index.ts'
import { insertToken, takeTokenRow, tryTokenRow, voidTokenRows } from './queries/tokens.ts'

/** What a token proves. Those of `mail.` go out in links: only jobs issue them, while they write the mail. */
export type TokenPurpose =
  | 'mail.verify_email'
  | 'mail.reset_password'
  | 'mail.change_email'
  | 'mail.partner_invitation'
  | 'mail.keep_account'
  | 'mail.confirm_delivery'
  | 'sign_in.second_factor'
  | 'passkey.registration'
  | 'passkey.sign_in'
  | 'passkey.step_up'
  | 'oidc.authorization'

/** `data` holds small texts that belong to the token: an address, a challenge, a provider. */
export type Token = { readonly userId: string | null; readonly data: Readonly<Record<string, string>> }

const FORM = /^[A-Za-z0-9_-]{43}$/

/** Makes a token of 256 random bits that lives so many seconds, and answers its text, told once: only its hash is kept. */
export async function issueToken(
  db: Db,
  purpose: TokenPurpose,
  { userId, data = {} }: { userId: string | null; data?: Readonly<Record<string, string>> },
  seconds: number,
): Promise<string> {
  const text = randomBytes(32).toString('base64url')
  await insertToken(db, { hash: tokenHash(text), purpose, userId, data: JSON.stringify(data), seconds })
  return text
}

/** Takes a token, for good: of two uses at once one gets it. Undefined for one that is unknown, expired, taken or for something else. */
export async function consumeToken(db: Db, purpose: TokenPurpose, text: string): Promise<Token | undefined> {
  if (!FORM.test(text)) return undefined
  const row = await takeTokenRow(db, tokenHash(text), purpose)
  return row && { userId: row.user_id, data: row.data }
}

/** Looks at a token that stands beside something guessable, and counts the look; from the `most + 1`th on it answers nothing. */
export async function tryToken(
  db: Db,
  purpose: TokenPurpose,
  text: string,
  most: number,
): Promise<Token | undefined> {
  if (!FORM.test(text)) return undefined
  const row = await tryTokenRow(db, tokenHash(text), purpose, most)
  return row && { userId: row.user_id, data: row.data }
}

/** What made these tokens true has changed: they stop working. */
export function voidTokens(db: Db, userId: string, ...purposes: readonly TokenPurpose[]): Promise<void> {
  return voidTokenRows(db, userId, purposes)
}

/** How a token is kept: for functions of the database that take one by itself. */
export function tokenHash(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
