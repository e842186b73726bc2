import type { Static } from 'typebox'
import { asSelf } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { hashPassword } from '../../platform/crypto/passwords.ts'
import type { Db } from '../../platform/db/index.ts'
import { forbidden } from '../../platform/errors.ts'
import type { Language } from '../../platform/languages.ts'
import { queueMessage } from '../../platform/messages/index.ts'
import type { Services } from '../../platform/services.ts'
import { type Agreement, assertAccepted, recordAgreement } from './legal.ts'
import { accountExists } from './mail/account-exists.ts'
import { verifyEmail } from './mail/verify-email.ts'
import { takenName, usernameTaken } from './names.ts'
import { assertStrong } from './password-policy.ts'
import { publicSetting } from './platform-settings.ts'
import { accountOf, insertUser, newId, replacePending } from './queries/accounts.ts'
import { isUsernameHeld } from './queries/names.ts'
import type { Registration } from './schemas/accounts.ts'
import { noSoonerThan } from './steady.ts'

/** Longer than the work takes for a new account, on a machine that is not busy. */
const STEADY_MS = 150

type Newcomer = {
  readonly email: string
  readonly username: string | null
  readonly full_name: string
  readonly password_hash: string
  readonly language: Language
}

/**
 * Creates an account that waits for its address to be verified, and sends the link. For an address that has an account
 * the answer and its time are the same, and the mail says so. 409 `auth.username_taken`; 400 `auth.password_weak`; 422
 * without the documents that one agrees to; 503 without a cache. `ip`: from where they were agreed to.
 */
export async function register(
  services: Services,
  request: Static<typeof Registration>,
  ip: string,
): Promise<void> {
  await assertRegistrationOpen(services)
  const versions = await assertAccepted(services, request.accepted)
  const { email, full_name, password, language = 'en' } = request
  const username = request.username ?? null
  await assertStrong(password, [email, full_name, username], '/password')
  const password_hash = await hashPassword(password)
  const person = {
    email: email.toLowerCase(),
    username,
    full_name: full_name.trim(),
    password_hash,
    language,
  }
  await noSoonerThan(STEADY_MS, welcome(services, person, { versions, ip, source: 'registration' }))
}

/** 403 `auth.registration_closed` while staff say so. */
export async function assertRegistrationOpen(services: Services): Promise<void> {
  if ((await publicSetting(services, 'platform.registration_open')) === false) throw closed()
}

async function welcome(
  services: Services,
  newcomer: Newcomer,
  agreement: Agreement,
  isAgain = false,
): Promise<void> {
  const { db } = services
  const { email, username } = newcomer
  const account = await accountOf(db.anonymous, email)
  const namesake = username === null ? undefined : await accountOf(db.anonymous, username)
  const isHeld = username !== null && (await isUsernameHeld(db.anonymous, username))
  // Before the address counts for anything: whether it is known must not decide what is said of the name. Nor must the
  // name tell it later: an account that waits lets go of it (V022).
  if (isHeld || (namesake && namesake.status !== 'pending_verification')) throw usernameTaken()
  try {
    if (!account) await create(services, newcomer, agreement)
    else if (account.status === 'pending_verification')
      await renew(services, account.user_id, newcomer, agreement)
    else await db.transaction(null, (tx) => tellOwner(services, tx, account.user_id, email))
  } catch (error) {
    // Somebody else registered the same at the same moment; whoever has the mailbox decides which one counts.
    const taken = takenName(error)
    if (taken === 'username') {
      if (isAgain) throw usernameTaken()
      await welcome(services, newcomer, agreement, true)
    } else if (taken !== 'email') throw error
  }
}

async function create(services: Services, newcomer: Newcomer, agreement: Agreement): Promise<void> {
  const { language, ...person } = newcomer
  const userId = await newId(services.db.anonymous)
  const actor = asSelf(userId)
  await services.db.transaction(actor, async (tx) => {
    await insertUser(tx, { user_id: userId, status: 'pending_verification', ...person }, language)
    await recordAgreement(tx, userId, agreement)
    await audit(tx, {
      actor,
      action: 'identity.user_registered',
      entityType: 'user',
      entityId: userId,
      retentionClass: 'security',
    })
    await sendLink(services, tx, userId, newcomer.email)
  })
}

/**
 * Who registers an address again that nobody has verified may be its owner, or may have been before: the last one's
 * password counts, and the link works for who knows that.
 */
async function renew(
  services: Services,
  userId: string,
  newcomer: Newcomer,
  agreement: Agreement,
): Promise<void> {
  await services.db.transaction(asSelf(userId), async (tx) => {
    await replacePending(tx, userId, newcomer, newcomer.language)
    await recordAgreement(tx, userId, agreement)
    await sendLink(services, tx, userId, newcomer.email)
  })
}

async function sendLink(services: Services, tx: Db, userId: string, recipient: string): Promise<void> {
  await queueMessage(tx, services, { template: verifyEmail, userId, recipient, params: {} })
}

async function tellOwner(services: Services, tx: Db, userId: string, recipient: string): Promise<void> {
  await queueMessage(tx, services, { template: accountExists, userId, recipient, params: {} })
}

function closed() {
  return forbidden('auth.registration_closed', 'Nobody can register at the moment.')
}
