import type { MailTemplate } from '../../../platform/messages/index.ts'

export const accountRestored: MailTemplate = {
  name: 'account_restored',
  channel: 'email',
  causedBy: 'account',
  texts: {
    en: (_, on) => ({
      subject: 'Your account is open again',
      paragraphs: [`Your ${on.brand} account is no longer suspended. You can sign in as before.`],
      action: { label: 'Sign in', url: on.url('/sign-in') },
    }),
    sw: (_, on) => ({
      subject: 'Akaunti yako imefunguliwa tena',
      paragraphs: [`Akaunti yako ya ${on.brand} haijasimamishwa tena. Unaweza kuingia kama awali.`],
      action: { label: 'Ingia', url: on.url('/sign-in') },
    }),
    fr: (_, on) => ({
      subject: 'Votre compte est rétabli',
      paragraphs: [
        `Votre compte ${on.brand} n’est plus suspendu. Vous pouvez vous connecter comme auparavant.`,
      ],
      action: { label: 'Me connecter', url: on.url('/sign-in') },
    }),
  },
}
