import type { MailTemplate, NoParams } from '../../../platform/messages/index.ts'
import { mailboxLink } from './mailbox-link.ts'

/** How long its link opens something; the texts say so. */
const VERIFY_EMAIL_HOURS = 24

/** To who has just registered: whoever reads it has the address. */
export const verifyEmail: MailTemplate<NoParams, { token: string }> = {
  name: 'verify_email',
  channel: 'email',
  causedBy: 'anyone',
  prepare: mailboxLink('mail.verify_email', VERIFY_EMAIL_HOURS * 3600),
  texts: {
    en: ({ token }, on) => ({
      subject: 'Confirm your e-mail address',
      paragraphs: [
        `Welcome to ${on.brand}. Confirm that this address is yours, and your account is ready to use.`,
      ],
      action: { label: 'Confirm my address', url: on.url('/verify-email', { token }) },
      notes: [
        `The link works once, for ${VERIFY_EMAIL_HOURS} hours.`,
        'If you did not register, ignore this message: without the link nothing happens.',
      ],
    }),
    sw: ({ token }, on) => ({
      subject: 'Thibitisha anwani yako ya barua pepe',
      paragraphs: [
        `Karibu ${on.brand}. Thibitisha kwamba anwani hii ni yako, na akaunti yako itakuwa tayari kutumika.`,
      ],
      action: { label: 'Thibitisha anwani yangu', url: on.url('/verify-email', { token }) },
      notes: [
        `Kiungo hiki kinatumika mara moja tu, ndani ya saa ${VERIFY_EMAIL_HOURS}.`,
        'Ikiwa si wewe uliyejisajili, puuza ujumbe huu: bila kiungo hiki hakuna kitakachofanyika.',
      ],
    }),
    fr: ({ token }, on) => ({
      subject: 'Confirmez votre adresse e-mail',
      paragraphs: [
        `Bienvenue sur ${on.brand}. Confirmez que cette adresse est bien la vôtre et votre compte sera prêt.`,
      ],
      action: { label: 'Confirmer mon adresse', url: on.url('/verify-email', { token }) },
      notes: [
        `Ce lien fonctionne une seule fois, pendant ${VERIFY_EMAIL_HOURS} heures.`,
        'Si vous ne vous êtes pas inscrit, ignorez ce message : sans ce lien, rien ne se passera.',
      ],
    }),
  },
}
