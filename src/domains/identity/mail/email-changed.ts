import type { MailTemplate } from '../../../platform/messages/index.ts'

type Params = { readonly at: string }

/** To the old address, the last that reaches who did not want this. It does not name the new one. */
export const emailChanged: MailTemplate<Params> = {
  name: 'email_changed',
  channel: 'email',
  causedBy: 'account',
  texts: {
    en: ({ at }, on) => ({
      subject: 'Your e-mail address was changed',
      paragraphs: [
        `On ${on.moment(at)} your ${on.brand} account was moved to another e-mail address. From now on we write to that one.`,
      ],
      action: { label: 'Ask for help', url: on.url('/help') },
      notes: ['If it was you, there is nothing to do. If not, tell us at once.'],
    }),
    sw: ({ at }, on) => ({
      subject: 'Anwani yako ya barua pepe imebadilishwa',
      paragraphs: [
        `Tarehe ${on.moment(at)} akaunti yako ya ${on.brand} ilihamishiwa kwenye anwani nyingine ya barua pepe. Kuanzia sasa tutaandika kwenye anwani hiyo.`,
      ],
      action: { label: 'Omba msaada', url: on.url('/help') },
      notes: ['Ikiwa ni wewe, huna haja ya kufanya lolote. Ikiwa si wewe, tujulishe mara moja.'],
    }),
    fr: ({ at }, on) => ({
      subject: 'Votre adresse e-mail a été modifiée',
      paragraphs: [
        `Le ${on.moment(at)}, votre compte ${on.brand} a été associé à une autre adresse e-mail. C’est à elle que nous écrirons désormais.`,
      ],
      action: { label: 'Demander de l’aide', url: on.url('/help') },
      notes: ['Si c’était vous, vous n’avez rien à faire. Sinon, prévenez-nous immédiatement.'],
    }),
  },
}
