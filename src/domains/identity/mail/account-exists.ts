import type { MailTemplate } from '../../../platform/messages/index.ts'

/** Instead of `verify_email` where the address has an account already, so that the answer to a registration tells nobody. */
export const accountExists: MailTemplate = {
  name: 'account_exists',
  channel: 'email',
  causedBy: 'anyone',
  texts: {
    en: (_, on) => ({
      subject: 'You already have an account',
      paragraphs: [
        `Someone tried to register with ${on.brand} using this address. It belongs to your account already, so no new one was made.`,
        'If it was you, sign in as usual. If you have forgotten your password, choose a new one.',
      ],
      action: { label: 'Choose a new password', url: on.url('/reset-password') },
      notes: ['If it was not you, there is nothing to do: your account is unchanged.'],
    }),
    sw: (_, on) => ({
      subject: 'Tayari una akaunti',
      paragraphs: [
        `Kuna mtu amejaribu kujisajili kwenye ${on.brand} kwa anwani hii. Tayari ni ya akaunti yako, kwa hiyo hakuna akaunti mpya iliyofunguliwa.`,
        'Ikiwa ni wewe, ingia kama kawaida. Kama umesahau nenosiri lako, weka jipya.',
      ],
      action: { label: 'Weka nenosiri jipya', url: on.url('/reset-password') },
      notes: ['Ikiwa si wewe, huna haja ya kufanya lolote: akaunti yako haijabadilika.'],
    }),
    fr: (_, on) => ({
      subject: 'Vous avez déjà un compte',
      paragraphs: [
        `Quelqu’un a essayé de s’inscrire sur ${on.brand} avec cette adresse. Elle est déjà celle de votre compte : aucun nouveau compte n’a été créé.`,
        'Si c’était vous, connectez-vous comme d’habitude. Si vous avez oublié votre mot de passe, choisissez-en un nouveau.',
      ],
      action: { label: 'Choisir un nouveau mot de passe', url: on.url('/reset-password') },
      notes: ['Si ce n’était pas vous, vous n’avez rien à faire : votre compte est inchangé.'],
    }),
  },
}
