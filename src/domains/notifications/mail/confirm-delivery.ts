import type { MailTemplate, NoParams } from '../../../platform/messages/index.ts'
import { mailboxLink } from '../../identity/index.ts'

const HOURS = 24

/** To an address from which mail came back, because its person asked: whoever opens the link shows that it arrives. */
export const confirmDelivery: MailTemplate<NoParams, { token: string }> = {
  name: 'confirm_delivery',
  channel: 'email',
  causedBy: 'anyone',
  prepare: mailboxLink('mail.confirm_delivery', HOURS * 3600),
  texts: {
    en: ({ token }, on) => ({
      subject: 'Confirm that our mail reaches you',
      paragraphs: [
        `Mail from ${on.brand} to this address came back. You are reading this one: confirm it, and we write to you again.`,
      ],
      action: { label: 'It reaches me', url: on.url('/confirm-delivery', { token }) },
      notes: [`The link works once, for ${HOURS} hours.`],
    }),
    sw: ({ token }, on) => ({
      subject: 'Thibitisha kwamba barua pepe zetu zinakufikia',
      paragraphs: [
        `Barua pepe za ${on.brand} kwenda anwani hii zilirudi. Unasoma hii: ithibitishe, nasi tutakuandikia tena.`,
      ],
      action: { label: 'Inanifikia', url: on.url('/confirm-delivery', { token }) },
      notes: [`Kiungo hiki kinatumika mara moja tu, ndani ya saa ${HOURS}.`],
    }),
    fr: ({ token }, on) => ({
      subject: 'Confirmez que nos e-mails vous parviennent',
      paragraphs: [
        `Des e-mails de ${on.brand} envoyés à cette adresse sont revenus. Vous lisez celui-ci : confirmez-le et nous vous écrirons de nouveau.`,
      ],
      action: { label: 'Il me parvient', url: on.url('/confirm-delivery', { token }) },
      notes: [`Ce lien fonctionne une seule fois, pendant ${HOURS} heures.`],
    }),
  },
}
