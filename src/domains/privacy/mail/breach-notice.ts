import type { MailTemplate } from '../../../platform/messages/index.ts'
import { noticeOf } from '../queries/breaches.ts'

type Params = { readonly breach_id: string }
type Written = { readonly notice: string }

/** What staff wrote for whom it concerns (GDPR 34), in the reader's language, as it is when the mail leaves. */
export const breachNotice: MailTemplate<Params, Written> = {
  name: 'breach_notice',
  channel: 'email',
  causedBy: 'account',
  async prepare(tx, { params, language }) {
    const notice = await noticeOf(tx, params.breach_id, language)
    return notice === null ? null : { notice }
  },
  texts: {
    en: ({ notice }, on) => ({
      subject: 'About the security of your data',
      paragraphs: [
        `Data on ${on.brand} that is about you was affected by a security incident.`,
        ...notice.split(/\n+/),
      ],
      action: { label: 'Check the security of my account', url: on.url('/settings/security') },
      notes: ['You may complain to the data protection authority of your country.'],
    }),
    sw: ({ notice }, on) => ({
      subject: 'Kuhusu usalama wa data yako',
      paragraphs: [
        `Data inayokuhusu kwenye ${on.brand} iliathiriwa na tukio la usalama.`,
        ...notice.split(/\n+/),
      ],
      action: { label: 'Kagua usalama wa akaunti yangu', url: on.url('/settings/security') },
      notes: ['Unaweza kulalamika kwa mamlaka ya ulinzi wa data ya nchi yako.'],
    }),
    fr: ({ notice }, on) => ({
      subject: 'Au sujet de la sécurité de vos données',
      paragraphs: [
        `Des données vous concernant sur ${on.brand} ont été touchées par un incident de sécurité.`,
        ...notice.split(/\n+/),
      ],
      action: { label: 'Vérifier la sécurité de mon compte', url: on.url('/settings/security') },
      notes: ['Vous pouvez saisir l’autorité de protection des données de votre pays.'],
    }),
  },
}
