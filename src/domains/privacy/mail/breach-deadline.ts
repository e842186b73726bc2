import type { MailTemplate } from '../../../platform/messages/index.ts'

type Params = { readonly soon: number; readonly overdue: number }

/** To everybody of staff: the authority must be told within 72 hours (GDPR 33). */
export const breachDeadline: MailTemplate<Params> = {
  name: 'breach_deadline',
  channel: 'email',
  causedBy: 'account',
  texts: {
    en: ({ soon, overdue }, on) => ({
      subject:
        overdue > 0
          ? 'A data breach was not reported in time'
          : 'A data breach must be reported within a day',
      paragraphs: ['The data protection authority must be told of a breach within 72 hours.'],
      facts: [
        ['Less than a day left', String(soon)],
        ['Overdue', String(overdue)],
      ],
      action: { label: 'Open the register', url: on.url('/admin/breaches') },
    }),
    sw: ({ soon, overdue }, on) => ({
      subject:
        overdue > 0
          ? 'Uvujaji wa data haukuripotiwa kwa wakati'
          : 'Uvujaji wa data uripotiwe ndani ya siku moja',
      paragraphs: ['Mamlaka ya ulinzi wa data lazima ijulishwe kuhusu uvujaji ndani ya saa 72.'],
      facts: [
        ['Imebaki chini ya siku moja', String(soon)],
        ['Imechelewa', String(overdue)],
      ],
      action: { label: 'Fungua rejista', url: on.url('/admin/breaches') },
    }),
    fr: ({ soon, overdue }, on) => ({
      subject:
        overdue > 0
          ? 'Une violation de données n’a pas été notifiée à temps'
          : 'Une violation de données est à notifier sous un jour',
      paragraphs: ['L’autorité de protection des données doit être informée sous 72 heures.'],
      facts: [
        ['Moins d’un jour restant', String(soon)],
        ['En retard', String(overdue)],
      ],
      action: { label: 'Ouvrir le registre', url: on.url('/admin/breaches') },
    }),
  },
}
