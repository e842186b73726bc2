import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import type { Db } from '../../platform/db/index.ts'
import { conflict } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { tellAccount } from './account-mail.ts'
import { type FactorChange, factorChanged } from './mail/factor-changed.ts'
import { factorsOf, replaceRecoveryCodes, setTwoFactor } from './queries/factors.ts'
import { renewRecoveryCodes } from './recovery-codes.ts'

export type FactorsState = {
  readonly has_password: boolean
  readonly two_factor_enabled: boolean
  readonly totp_enabled: boolean
  readonly passkeys: number
  readonly recovery_codes_left: number
}

/** What stands between a stranger and this account. */
export async function readFactors({ db }: Services, actor: Actor): Promise<FactorsState> {
  const factors = await db.transaction(actor, (tx) => factorsOf(tx, actor.userId), { readOnly: true })
  return {
    has_password: factors?.password_hash !== null,
    two_factor_enabled: factors?.two_factor_enabled ?? false,
    totp_enabled: factors?.totp_confirmed_at !== null,
    passkeys: factors?.passkeys ?? 0,
    recovery_codes_left: factors?.recovery_codes_left ?? 0,
  }
}

/** Ten in the place of those that there were. 409 `factors.none` without a second factor, which they would stand in for. */
export async function renewCodes(services: Services, actor: Actor): Promise<string[]> {
  return services.db.transaction(actor, async (tx) => {
    const factors = await factorsOf(tx, actor.userId)
    if (!factors?.two_factor_enabled)
      throw conflict('factors.none', 'Recovery codes stand in for a second factor; add one first.')
    await recordFactorChange(services, tx, actor, 'recovery_codes_renewed')
    return renewRecoveryCodes(tx, actor.userId)
  })
}

/** After one came or went: sign-in asks for a factor while there is one, and recovery codes go with the last. */
export async function settleFactors(tx: Db, userId: string): Promise<void> {
  if (await setTwoFactor(tx, userId)) return
  await replaceRecoveryCodes(tx, userId, [])
}

/** The trace of a change of factors, and the mail that tells of it. */
export async function recordFactorChange(
  services: Services,
  tx: Db,
  actor: Actor,
  change: FactorChange,
): Promise<void> {
  await audit(tx, {
    actor,
    action: `identity.${change}`,
    entityType: 'user',
    entityId: actor.userId,
    retentionClass: 'security',
    severity: 'warning',
  })
  await tellAccount(services, tx, actor.userId, factorChanged, {
    at: services.clock.now().toISOString(),
    change,
  })
}
