import type { MailTemplate } from '../../../platform/messages/index.ts'
import type { Services } from '../../../platform/services.ts'
import { ownAccount } from '../queries/accounts.ts'
import { issueToken } from '../tokens.ts'

/** How long its link opens something; the texts say so. */
const EMAIL_CHANGE_HOURS = 24

/** `password_mark`: `passwordMark` when it was asked for. */
type Params = { readonly password_mark: string }

/**
 * To the new address, which becomes the account's only when somebody there agrees. None once the password is another: a
 * mailbox can hold its mail off, and whoever asked may be shut out by then.
 */
export const emailChangeConfirm: MailTemplate<Params, { token: string }> = {
  name: 'email_change_confirm',
  channel: 'email',
  causedBy: 'anyone',
  async prepare(tx, { userId, recipient, params }, services) {
    const account = userId === null ? undefined : await ownAccount(tx, userId)
    if (!account || passwordMark(services, account.password_hash) !== params.password_mark) return null
    const token = { userId, data: { email: recipient } }
    return { token: await issueToken(tx, 'mail.change_email', token, EMAIL_CHANGE_HOURS * 3600) }
  },
  texts: {
    en: ({ token }, on) => ({
      subject: 'Confirm your new e-mail address',
      paragraphs: [
        `You asked to use this address for your ${on.brand} account. Until you confirm it, the old one stays in use.`,
      ],
      action: { label: 'Use this address', url: on.url('/confirm-email', { token }) },
      notes: [
        `The link works once, for ${EMAIL_CHANGE_HOURS} hours.`,
        'If you did not ask for it, ignore this message: someone probably mistyped their address.',
      ],
    }),
    sw: ({ token }, on) => ({
      subject: 'Thibitisha anwani yako mpya ya barua pepe',
      paragraphs: [
        `Umeomba kutumia anwani hii kwa akaunti yako ya ${on.brand}. Hadi utakapoithibitisha, ile ya zamani itaendelea kutumika.`,
      ],
      action: { label: 'Tumia anwani hii', url: on.url('/confirm-email', { token }) },
      notes: [
        `Kiungo hiki kinatumika mara moja tu, ndani ya saa ${EMAIL_CHANGE_HOURS}.`,
        'Ikiwa hukuomba, puuza ujumbe huu: huenda mtu amekosea kuandika anwani yake.',
      ],
    }),
    fr: ({ token }, on) => ({
      subject: 'Confirmez votre nouvelle adresse e-mail',
      paragraphs: [
        `Vous avez demandé à utiliser cette adresse pour votre compte ${on.brand}. Tant que vous ne l’avez pas confirmée, l’ancienne reste en usage.`,
      ],
      action: { label: 'Utiliser cette adresse', url: on.url('/confirm-email', { token }) },
      notes: [
        `Ce lien fonctionne une seule fois, pendant ${EMAIL_CHANGE_HOURS} heures.`,
        'Si vous n’avez rien demandé, ignorez ce message : quelqu’un a sans doute mal saisi son adresse.',
      ],
    }),
  },
}

/** Another one with every new password; keyed, so that it says nothing of it. */
export function passwordMark({ fields }: Pick<Services, 'fields'>, passwordHash: string | null): string {
  return fields.index('password_mark', passwordHash ?? '').toString('base64url')
}
