import type { MailTemplate } from '../../../platform/messages/index.ts'

type Params = { readonly due_soon: number; readonly overdue: number }

/** To everybody of staff; whose requests they are is read behind the sign-in. */
export const requestsDue: MailTemplate<Params> = {
  name: 'privacy_requests_due',
  channel: 'email',
  causedBy: 'account',
  texts: {
    en: ({ due_soon, overdue }, on) => ({
      subject: overdue > 0 ? 'Privacy requests are overdue' : 'Privacy requests are due soon',
      paragraphs: [`The law gives people an answer in time. Since the last reminder on ${on.brand}:`],
      facts: [
        ['Due within two days', String(due_soon)],
        ['Overdue', String(overdue)],
      ],
      action: { label: 'Open the queue', url: on.url('/admin/privacy-requests') },
    }),
    sw: ({ due_soon, overdue }, on) => ({
      subject: overdue > 0 ? 'Maombi ya faragha yamechelewa' : 'Maombi ya faragha yanakaribia muda wake',
      paragraphs: [`Sheria inawapa watu jibu kwa wakati. Tangu ukumbusho uliopita kwenye ${on.brand}:`],
      facts: [
        ['Yanayotakiwa ndani ya siku mbili', String(due_soon)],
        ['Yaliyochelewa', String(overdue)],
      ],
      action: { label: 'Fungua foleni', url: on.url('/admin/privacy-requests') },
    }),
    fr: ({ due_soon, overdue }, on) => ({
      subject: overdue > 0 ? 'Des demandes sont en retard' : 'Des demandes arrivent à échéance',
      paragraphs: [
        `La loi donne à chacun une réponse dans les délais. Depuis le dernier rappel sur ${on.brand} :`,
      ],
      facts: [
        ['À traiter sous deux jours', String(due_soon)],
        ['En retard', String(overdue)],
      ],
      action: { label: 'Ouvrir la file', url: on.url('/admin/privacy-requests') },
    }),
  },
}
