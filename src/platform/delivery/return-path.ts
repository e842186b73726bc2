import { createHmac } from 'node:crypto'
import type { ReadyConfig } from '../config.ts'
import { deriveKey, equalText } from '../crypto/signing.ts'

import { base32, fromBase32 } from './base32.ts'
import { mailboxOf } from './mailbox.ts'

/** Whom a mail was for, as the address tells to which a server reports that it could not be delivered. */
export type SentTo = {
  readonly userId: string
  readonly mark: Buffer
  /** Days since 1970, UTC. */
  readonly day: number
}

type Keys = Pick<ReadyConfig, 'secretKey' | 'mailBounceAddress'>

const MARK = 6
const SIGNATURE = 8
const LENGTH = 16 + MARK + 2 + SIGNATURE
const DAY_MS = 86_400_000
/** Servers give up after five days; what comes much later is no report of ours. */
const MOST_DAYS = 30

/** Tells the addresses that one person has had from each other, and nothing else; by a key that no rotation changes. */
export function addressMark({ secretKey }: Pick<ReadyConfig, 'secretKey'>, address: string): Buffer {
  return createHmac('sha256', deriveKey(secretKey, 'mail addresses'))
    .update(mailboxOf(address))
    .digest()
    .subarray(0, MARK)
}

/**
 * The envelope's sender of one mail (VERP): `bounces+<who, which address, when, signature>@…`, 64 letters before the @ at
 * most. Small letters and digits, since servers on the way may change the case. Undefined where no address is configured.
 */
export function returnPathTo(config: Keys, sent: SentTo): string | undefined {
  if (config.mailBounceAddress === null) return undefined
  const [name, domain] = config.mailBounceAddress.split('@')
  const body = bodyOf(sent)
  return `${name}+${base32(Buffer.concat([body, signatureOf(config, body)]))}@${domain}`
}

/** Undefined for whatever we did not make, or made long ago. */
export function readReturnPath(config: Keys, address: string, now: Date): SentTo | undefined {
  const [, token = ''] = /^[^+@]{1,64}\+([a-z2-7]{52})@/i.exec(address) ?? []
  const bytes = fromBase32(token.toLowerCase())
  if (bytes.length !== LENGTH) return undefined
  const body = bytes.subarray(0, -SIGNATURE)
  const given = bytes.subarray(-SIGNATURE).toString('hex')
  if (!equalText(given, signatureOf(config, body).toString('hex'))) return undefined
  const day = body.readUInt16BE(16 + MARK)
  return today(now) - day > MOST_DAYS
    ? undefined
    : { userId: uuidOf(body.subarray(0, 16)), mark: body.subarray(16, 16 + MARK), day }
}

export function today(now: Date): number {
  return Math.floor(now.getTime() / DAY_MS)
}

function bodyOf({ userId, mark, day }: SentTo): Buffer {
  const when = Buffer.alloc(2)
  when.writeUInt16BE(day)
  return Buffer.concat([Buffer.from(userId.replaceAll('-', ''), 'hex'), mark, when])
}

function signatureOf({ secretKey }: Keys, body: Buffer): Buffer {
  return createHmac('sha256', deriveKey(secretKey, 'return paths'))
    .update(body)
    .digest()
    .subarray(0, SIGNATURE)
}

function uuidOf(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
