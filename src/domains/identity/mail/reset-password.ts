import type { MailTemplate, NoParams } from '../../../platform/messages/index.ts'
import { mailboxLink } from './mailbox-link.ts'

/** How long its link opens something; the texts say so. */
const RESET_PASSWORD_MINUTES = 60

export const resetPassword: MailTemplate<NoParams, { token: string }> = {
  name: 'reset_password',
  channel: 'email',
  causedBy: 'anyone',
  prepare: mailboxLink('mail.reset_password', RESET_PASSWORD_MINUTES * 60),
  texts: {
    en: ({ token }, on) => ({
      subject: 'Choose a new password',
      paragraphs: ['Someone, we hope you, asked to set a new password for the account with this address.'],
      action: { label: 'Choose a new password', url: on.url('/reset-password', { token }) },
      notes: [
        `The link works once, for ${RESET_PASSWORD_MINUTES} minutes. Do not pass it on.`,
        'If you did not ask for it, ignore this message: your password stays as it is.',
      ],
    }),
    sw: ({ token }, on) => ({
      subject: 'Weka nenosiri jipya',
      paragraphs: ['Kuna ombi, tunatumaini ni lako, la kuweka nenosiri jipya la akaunti yenye anwani hii.'],
      action: { label: 'Weka nenosiri jipya', url: on.url('/reset-password', { token }) },
      notes: [
        `Kiungo hiki kinatumika mara moja tu, ndani ya dakika ${RESET_PASSWORD_MINUTES}. Usimpe mtu mwingine.`,
        'Ikiwa hukuomba, puuza ujumbe huu: nenosiri lako litabaki kama lilivyo.',
      ],
    }),
    fr: ({ token }, on) => ({
      subject: 'Choisissez un nouveau mot de passe',
      paragraphs: [
        'Quelqu’un, vous sans doute, a demandé un nouveau mot de passe pour le compte associé à cette adresse.',
      ],
      action: { label: 'Choisir un nouveau mot de passe', url: on.url('/reset-password', { token }) },
      notes: [
        `Ce lien fonctionne une seule fois, pendant ${RESET_PASSWORD_MINUTES} minutes. Ne le transmettez à personne.`,
        'Si vous n’avez rien demandé, ignorez ce message : votre mot de passe reste le même.',
      ],
    }),
  },
}
