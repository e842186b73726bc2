import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import type { Db } from '../../platform/db/index.ts'
import { badRequest, notFound, tooMany } from '../../platform/errors.ts'
import { enqueue } from '../../platform/jobs/index.ts'
import { queueMessage } from '../../platform/messages/index.ts'
import type { Services } from '../../platform/services.ts'
import { hashOfCode, phoneCode } from './mail/phone-code.ts'
import { forgetMe } from './me-cache.ts'
import {
  type PendingPhone,
  type PhoneRow,
  pendingPhoneOf,
  phoneOf,
  readablePhone,
  removePhone,
  requestPhone,
  verificationIdOf,
  verifyPhone,
} from './queries/phones.ts'

/** The kind that numbers are indexed as. */
export const PHONE_INDEX = 'phone'

const COLUMNS = ['phone_number', 'phone_cipher', 'phone_index', 'phone_verified']
const WAIT_SECONDS = 3600

/** The job that tells someone that their number is another's now. */
export const TELL_PHONE_RELEASED = 'identity.tell_phone_released.v1'

export type PhoneState = {
  readonly phone_number: string | null
  readonly pending: PendingPhone | null
}

/** One's own number, whole, and the one that waits for its code, masked. */
export async function readPhone(services: Services, actor: Actor): Promise<PhoneState> {
  return services.db.transaction(actor, (tx) => stateOf(services, tx, actor.userId), { readOnly: true })
}

/**
 * Has a code sent to a number that the actor wants to prove. The one that they have stays until then. Whether it is
 * somebody else's already shows nowhere. 429 `phone.too_many_codes` when the number, or the actor, has had its fill.
 */
export async function changePhone(services: Services, actor: Actor, number: string): Promise<PhoneState> {
  const { fields } = services
  const { userId } = actor
  const [index, next] = [fields.index(PHONE_INDEX, number), fields.nextIndex(PHONE_INDEX, number)]
  return services.db.transaction(actor, async (tx) => {
    const held = await phoneOf(tx, userId)
    if (isOneOf(held, index)) return stateOf(services, tx, userId)
    const verification_id = await requestPhone(tx, {
      masked: maskedNumber(number),
      cipher: fields.seal(contextOf(userId), number),
      index,
      next,
    })
    const message = { template: phoneCode, userId, recipient: number, params: { verification_id } }
    // Thrown inside, so that the code of before stays good.
    if ((await queueMessage(tx, services, message)) === null)
      throw tooMany('phone.too_many_codes', WAIT_SECONDS)
    await trace(tx, actor, 'identity.phone_verification_requested')
    return stateOf(services, tx, userId)
  })
}

/**
 * Takes the code that came by SMS: five tries, ten minutes, once. The number is the actor's then, and no longer
 * anybody else's, who is told by mail. 400 `phone.code_wrong` for whatever is wrong.
 */
export async function confirmPhone(services: Services, actor: Actor, code: string): Promise<PhoneState> {
  const { userId } = actor
  const done = await services.db.transaction(actor, async (tx) => {
    const id = await verificationIdOf(tx, userId)
    if (id === undefined) return undefined
    const { verified, released } = await verifyPhone(tx, hashOfCode(services, id, code))
    if (!verified) return undefined // and not thrown: the try stays counted
    await trace(tx, actor, 'identity.phone_changed', COLUMNS)
    if (released !== null) await releaseTrace(tx, actor, released)
    return { released, state: await stateOf(services, tx, userId) }
  })
  if (!done) throw badRequest('phone.code_wrong', 'This is not the code, or it is no longer good.', '/code')
  await forgetMe(services, userId, ...(done.released === null ? [] : [done.released]))
  return done.state
}

/** Forgets the number, and the one that waits. */
export async function forgetPhone(services: Services, actor: Actor): Promise<void> {
  await services.db.transaction(actor, async (tx) => {
    if (await removePhone(tx, actor.userId)) await trace(tx, actor, 'identity.phone_removed', COLUMNS)
  })
  await forgetMe(services, actor.userId)
}

/**
 * The whole number of someone who lets the actor see it: who shows it, to members who may see their profile; to staff
 * always. Each reading of another's leaves a trace. 404 `phone.not_found` for everything else.
 */
export async function readPhoneOf(services: Services, actor: Actor, userId: string): Promise<string> {
  const cipher = await services.db.transaction(actor, async (tx) => {
    const found = await readablePhone(tx, userId)
    if (found && userId !== actor.userId) {
      const read = { entityType: 'user', entityId: userId, retentionClass: 'security' } as const
      await audit(tx, { actor, action: 'identity.phone_read', ...read })
    }
    return found
  })
  if (!cipher) throw notFound('phone')
  return openPhone(services.fields, userId, cipher)
}

/** The whole number of a row of users. */
export function openPhone(fields: Services['fields'], userId: string, cipher: Buffer): string {
  return fields.open(contextOf(userId), cipher)
}

async function stateOf({ fields }: Services, tx: Db, userId: string): Promise<PhoneState> {
  const [held, pending] = await Promise.all([phoneOf(tx, userId), pendingPhoneOf(tx, userId)])
  const cipher = held?.phone_cipher ?? null
  return {
    phone_number: cipher === null ? null : openPhone(fields, userId, cipher),
    pending: pending ?? null,
  }
}

async function releaseTrace(tx: Db, actor: Actor, released: string): Promise<void> {
  await audit(tx, {
    actor,
    action: 'identity.phone_released',
    entityType: 'user',
    entityId: released,
    retentionClass: 'security',
    severity: 'warning',
    changes: COLUMNS,
  })
  await enqueue(tx, TELL_PHONE_RELEASED, { user_id: released, at: new Date().toISOString() })
}

async function trace(tx: Db, actor: Actor, action: string, changes?: readonly string[]): Promise<void> {
  await audit(tx, {
    actor,
    action,
    entityType: 'user',
    entityId: actor.userId,
    retentionClass: 'security',
    ...(changes && { changes }),
  })
}

/** The number opens in its owner's rows alone. */
export function contextOf(userId: string): string {
  return `users.phone_cipher:${userId}`
}

/** While index keys change, the number that is held may be indexed under either. */
function isOneOf(held: PhoneRow | undefined, index: Buffer): boolean {
  return [held?.phone_index, held?.phone_index_next].some((one) => one?.equals(index))
}

/** The country codes of one and two digits; the others have three (ITU-T E.164, list of assigned codes). */
const COUNTRY_CODE = /^\+(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})/

/** +254 ••• ••• 678 */
export function maskedNumber(number: string): string {
  return `${COUNTRY_CODE.exec(number)?.[0] ?? '+'} ••• ••• ${number.slice(-3)}`
}
