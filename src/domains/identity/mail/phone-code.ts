import { randomInt } from 'node:crypto'
import type { SmsTemplate } from '../../../platform/messages/index.ts'
import type { Services } from '../../../platform/services.ts'
import { setPhoneCode } from '../queries/phones.ts'

const MINUTES = 10

type Params = { readonly verification_id: string }

/**
 * To a number that someone says is theirs. Each try to send it makes a new code, and only the last one counts: where the
 * gateway's answer was lost, two messages arrive. No letter outside GSM 03.38: with one, a message holds 70 and not 160.
 */
export const phoneCode: SmsTemplate<Params, { code: string }> = {
  name: 'phone_code',
  channel: 'sms',
  causedBy: 'anyone',
  usefulForSeconds: MINUTES * 60,
  async prepare(tx, { params }, services) {
    const code = String(randomInt(1_000_000)).padStart(6, '0')
    const hash = hashOfCode(services, params.verification_id, code)
    return (await setPhoneCode(tx, params.verification_id, hash, MINUTES)) ? { code } : null
  },
  texts: {
    en: ({ code }, on) =>
      `${code} is your ${on.brand} code. It works for ${MINUTES} minutes. Give it to nobody, not even to us.`,
    sw: ({ code }, on) =>
      `${code} ni msimbo wako wa ${on.brand}. Unatumika kwa dakika ${MINUTES}. Usimpe mtu yeyote, hata sisi.`,
    fr: ({ code }, on) =>
      `${code} est votre code ${on.brand}. Il est valable ${MINUTES} minutes. Ne le donnez à personne, nous compris.`,
  },
}

/** Keyed, because a million codes are soon tried against a plain hash. */
export function hashOfCode(
  { fields }: Pick<Services, 'fields'>,
  verificationId: string,
  code: string,
): Buffer {
  return fields.index('phone_code', `${verificationId}:${code}`)
}
