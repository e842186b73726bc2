import type { MailTemplate } from '../../../platform/messages/index.ts'
import type { RequestKind } from '../schemas/requests.ts'
import { KIND_WORDS } from './request-words.ts'

type Params = { readonly kind: RequestKind }

/** The answer itself is read behind the sign-in. */
export const requestAnswered: MailTemplate<Params> = {
  name: 'privacy_request_answered',
  channel: 'email',
  causedBy: 'account',
  texts: {
    en: ({ kind }, on) => ({
      subject: 'Your privacy request has been answered',
      paragraphs: [`You asked ${on.brand} for ${KIND_WORDS.en[kind]}. The answer is in your settings.`],
      action: { label: 'Read the answer', url: on.url('/settings/requests') },
      notes: ['If you do not agree, you may complain to the data protection authority of your country.'],
    }),
    sw: ({ kind }, on) => ({
      subject: 'Ombi lako la faragha limejibiwa',
      paragraphs: [`Umeomba ${on.brand}: ${KIND_WORDS.sw[kind]}. Jibu liko kwenye mipangilio yako.`],
      action: { label: 'Soma jibu', url: on.url('/settings/requests') },
      notes: ['Ikiwa hukubaliani, unaweza kulalamika kwa mamlaka ya ulinzi wa data ya nchi yako.'],
    }),
    fr: ({ kind }, on) => ({
      subject: 'Réponse à votre demande',
      paragraphs: [
        `Vous avez demandé à ${on.brand} ${KIND_WORDS.fr[kind]}. La réponse se trouve dans vos paramètres.`,
      ],
      action: { label: 'Lire la réponse', url: on.url('/settings/requests') },
      notes: [
        'Si vous n’êtes pas d’accord, vous pouvez saisir l’autorité de protection des données de votre pays.',
      ],
    }),
  },
}
