import type { MailTemplate, NoParams } from '../../../platform/messages/index.ts'
import { issueToken } from '../tokens.ts'

/** How long its link opens something; the texts say so. */
const EMAIL_CHANGE_HOURS = 24

/** To the new address, which becomes the account's only when somebody there agrees. */
export const emailChangeConfirm: MailTemplate<NoParams, { token: string }> = {
  name: 'email_change_confirm',
  channel: 'email',
  causedBy: 'anyone',
  prepare: async (tx, { userId, recipient }) => ({
    token: await issueToken(
      tx,
      'mail.change_email',
      { userId, data: { email: recipient } },
      EMAIL_CHANGE_HOURS * 3600,
    ),
  }),
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
