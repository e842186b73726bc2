import type { MailTemplate } from '../../../platform/messages/index.ts'

type Params = { readonly at: string }

export const passwordChanged: MailTemplate<Params> = {
  name: 'password_changed',
  channel: 'email',
  causedBy: 'account',
  texts: {
    en: ({ at }, on) => ({
      subject: 'Your password was changed',
      paragraphs: [`The password of your ${on.brand} account was changed on ${on.moment(at)}.`],
      action: { label: 'It was not me', url: on.url('/reset-password') },
      notes: ['If it was you, there is nothing to do. If not, choose a new password at once.'],
    }),
    sw: ({ at }, on) => ({
      subject: 'Nenosiri lako limebadilishwa',
      paragraphs: [`Nenosiri la akaunti yako ya ${on.brand} lilibadilishwa tarehe ${on.moment(at)}.`],
      action: { label: 'Si mimi niliyebadilisha', url: on.url('/reset-password') },
      notes: ['Ikiwa ni wewe, huna haja ya kufanya lolote. Ikiwa si wewe, weka nenosiri jipya mara moja.'],
    }),
    fr: ({ at }, on) => ({
      subject: 'Votre mot de passe a été modifié',
      paragraphs: [`Le mot de passe de votre compte ${on.brand} a été modifié le ${on.moment(at)}.`],
      action: { label: 'Ce n’était pas moi', url: on.url('/reset-password') },
      notes: [
        'Si c’était vous, vous n’avez rien à faire. Sinon, choisissez immédiatement un nouveau mot de passe.',
      ],
    }),
  },
}
