import { asSelf } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import type { Db } from '../../platform/db/index.ts'
import type { Services } from '../../platform/services.ts'
import { tellAccount } from './account-mail.ts'
import { deviceHash, deviceKey } from './devices.ts'
import { newSignIn } from './mail/new-sign-in.ts'
import { refuseInMaintenance } from './maintenance.ts'
import { forgetMe } from './me-cache.ts'
import { recordSuccess } from './queries/accounts.ts'
import { rememberDevice } from './queries/devices.ts'
import { inactive } from './refusals.ts'
import { deviceName } from './session-list.ts'
import {
  authenticate,
  type Device,
  endSession,
  type OpenedSession,
  openSession,
  type SessionKind,
} from './sessions.ts'

/** How someone proved who they are. */
export type Proof = 'password' | 'totp' | 'recovery_code' | 'passkey' | 'oidc' | 'email'

export type Admission = {
  readonly userId: string
  readonly proof: Proof
  readonly device: Device
  readonly kind: SessionKind
}

/** A session, and the text by which its device is known from now on. */
export type Admitted = OpenedSession & { readonly deviceKey: string }

/**
 * Lets in whoever has proven to be this person: every way of signing in ends here. `also` is written in the same
 * transaction, as the person. 403 `auth.account_inactive` for who is not active by then; 503 `platform.maintenance` for all but staff while that is on.
 */
export async function admit(
  services: Services,
  admission: Admission,
  also: (tx: Db) => Promise<void> = async () => {},
): Promise<Admitted> {
  const admitted = await services.db.transaction(asSelf(admission.userId), async (tx) => {
    await refuseInMaintenance(tx)
    await also(tx)
    return openFor(services, tx, admission)
  })
  await forgetMe(services, admission.userId)
  await endPresented(services, admission)
  return admitted
}

/** The browser's cookie is about to be replaced: what it stood for must not live on unseen (session fixation). */
async function endPresented(services: Services, { device, kind }: Admission): Promise<void> {
  if (kind !== 'cookie' || device.presented === undefined) return
  const before = await authenticate(services, device.presented)
  if (before) await endSession(services, before)
}

async function openFor(services: Services, tx: Db, admission: Admission): Promise<Admitted> {
  const { userId, proof, device, kind } = admission
  const key = deviceKey(device.known)
  const [session, seen, isActive] = await Promise.all([
    openSession(tx, userId, device, kind),
    rememberDevice(tx, userId, deviceHash(key)!),
    recordSuccess(tx, userId),
  ])
  // Suspended between the two steps of a sign-in: the session would be theirs once the suspension is over.
  if (!isActive) throw inactive('suspended')
  const isElsewhere = seen.is_new && seen.had_others
  await audit(tx, {
    actor: asSelf(userId),
    action: 'identity.user_signed_in',
    entityType: 'user',
    entityId: userId,
    retentionClass: 'security',
    metadata: { proof, new_device: isElsewhere },
  })
  if (isElsewhere) await tellElsewhere(services, tx, admission)
  return { ...session, deviceKey: key }
}

/** Who did not sign in there learns of it. */
async function tellElsewhere(services: Services, tx: Db, { userId, device }: Admission): Promise<void> {
  await tellAccount(services, tx, userId, newSignIn, {
    at: services.clock.now().toISOString(),
    device: deviceName(device.userAgent ?? null) ?? '?',
    place: device.country,
  })
}
