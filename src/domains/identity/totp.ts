import type { Actor } from '../../platform/actor.ts'
import { newTotpSecret, qrSvg, totpStep, totpUri } from '../../platform/crypto/totp.ts'
import { badRequest, conflict } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { recordFactorChange, settleFactors } from './factors.ts'
import { emailOf } from './queries/accounts.ts'
import { confirmTotp, factorsOf, keepTotpSecret, removeTotp } from './queries/factors.ts'
import { renewRecoveryCodes } from './recovery-codes.ts'
import { type Holder, withNewSession } from './rotation.ts'
import { totpContext } from './second-factor.ts'
import type { OpenedSession } from './sessions.ts'

const ISSUER = 'Brand Coach Network'

export type TotpEnrolment = { readonly secret: string; readonly uri: string; readonly qr_svg: string }

/** A new secret for an authenticator app, told once and not in force before its first code. 409 `totp.enabled`. */
export async function beginTotp({ db, fields }: Services, actor: Actor): Promise<TotpEnrolment> {
  const { userId } = actor
  const secret = newTotpSecret()
  const email = await db.transaction(actor, async (tx) => {
    if (!(await keepTotpSecret(tx, userId, fields.sealText(totpContext(userId), secret))))
      throw alreadyEnabled()
    return emailOf(tx, userId)
  })
  const uri = totpUri(secret, ISSUER, email)
  return { secret, uri, qr_svg: await qrSvg(uri) }
}

/**
 * Puts the secret into force with the code that the app shows for it. Answers recovery codes, told once; every other
 * session ends, since it was opened with less. 400 `totp.code_wrong`; 409 `totp.enabled`, `totp.not_begun`.
 */
export async function enableTotp(
  services: Services,
  actor: Actor,
  code: string,
  holder: Holder,
): Promise<{ result: string[]; session: OpenedSession }> {
  const { fields, clock } = services
  const { userId } = actor
  return withNewSession(services, actor, { ...holder, others: 'end' }, async (tx) => {
    const factors = await factorsOf(tx, userId, { hold: true })
    if (factors?.totp_confirmed_at) throw alreadyEnabled()
    if (!factors?.totp_secret) throw conflict('totp.not_begun', 'Ask for a secret first.')
    const step = totpStep(fields.openText(totpContext(userId), factors.totp_secret), code, clock.now())
    if (step === null)
      throw badRequest('totp.code_wrong', 'This is not the code that the app shows now.', '/code')
    if (!(await confirmTotp(tx, userId, factors.totp_secret, step))) throw alreadyEnabled()
    await settleFactors(tx, userId)
    await recordFactorChange(services, tx, actor, 'totp_added')
    return renewRecoveryCodes(tx, userId)
  })
}

/** 409 `totp.not_enabled`. */
export async function disableTotp(services: Services, actor: Actor, holder: Holder): Promise<OpenedSession> {
  const { session } = await withNewSession(services, actor, { ...holder, others: 'stay' }, async (tx) => {
    if (!(await removeTotp(tx, actor.userId)))
      throw conflict('totp.not_enabled', 'There is no authenticator app to remove.')
    await settleFactors(tx, actor.userId)
    await recordFactorChange(services, tx, actor, 'totp_removed')
  })
  return session
}

function alreadyEnabled() {
  return conflict('totp.enabled', 'An authenticator app is in use; remove it first.')
}
