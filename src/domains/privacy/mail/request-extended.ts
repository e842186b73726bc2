import type { MailTemplate } from '../../../platform/messages/index.ts'
import type { RequestKind } from '../schemas/requests.ts'
import { KIND_WORDS } from './request-words.ts'

type Params = { readonly kind: RequestKind; readonly due_at: string; readonly reason: string }

/** The law wants the reason told (GDPR 12.3). */
export const requestExtended: MailTemplate<Params> = {
  name: 'privacy_request_extended',
  channel: 'email',
  causedBy: 'account',
  texts: {
    en: ({ kind, due_at, reason }, on) => ({
      subject: 'Your privacy request needs more time',
      paragraphs: [
        `You asked ${on.brand} for ${KIND_WORDS.en[kind]}. We need more time, and will answer by ${on.moment(due_at)} at the latest.`,
      ],
      facts: [['Why', reason]],
      action: { label: 'See my request', url: on.url('/settings/requests') },
      notes: ['You may complain to the data protection authority of your country.'],
    }),
    sw: ({ kind, due_at, reason }, on) => ({
      subject: 'Ombi lako la faragha linahitaji muda zaidi',
      paragraphs: [
        `Umeomba ${on.brand}: ${KIND_WORDS.sw[kind]}. Tunahitaji muda zaidi, na tutakujibu ifikapo ${on.moment(due_at)} au kabla yake.`,
      ],
      facts: [['Sababu', reason]],
      action: { label: 'Ona ombi langu', url: on.url('/settings/requests') },
      notes: ['Unaweza kulalamika kwa mamlaka ya ulinzi wa data ya nchi yako.'],
    }),
    fr: ({ kind, due_at, reason }, on) => ({
      subject: 'Votre demande prendra plus de temps',
      paragraphs: [
        `Vous avez demandé à ${on.brand} ${KIND_WORDS.fr[kind]}. Il nous faut plus de temps : nous répondrons au plus tard le ${on.moment(due_at)}.`,
      ],
      facts: [['Pourquoi', reason]],
      action: { label: 'Voir ma demande', url: on.url('/settings/requests') },
      notes: ['Vous pouvez saisir l’autorité de protection des données de votre pays.'],
    }),
  },
}
