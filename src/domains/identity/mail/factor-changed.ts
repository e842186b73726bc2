import type { Language } from '../../../platform/languages.ts'
import type { MailTemplate } from '../../../platform/messages/index.ts'

export type FactorChange =
  | 'totp_added'
  | 'totp_removed'
  | 'passkey_added'
  | 'passkey_removed'
  | 'recovery_codes_renewed'
  | 'identity_linked'
  | 'identity_unlinked'

type Params = { readonly at: string; readonly change: FactorChange }

const CHANGES: Readonly<Record<Language, Readonly<Record<FactorChange, string>>>> = {
  en: {
    totp_added: 'An authenticator app was added.',
    totp_removed: 'The authenticator app was removed.',
    passkey_added: 'A passkey was added.',
    passkey_removed: 'A passkey was removed.',
    recovery_codes_renewed: 'New recovery codes were made; the old ones no longer work.',
    identity_linked: 'An account elsewhere was linked: it signs you in here now.',
    identity_unlinked: 'An account elsewhere was unlinked: it no longer signs you in here.',
  },
  sw: {
    totp_added: 'Programu ya uthibitishaji imeongezwa.',
    totp_removed: 'Programu ya uthibitishaji imeondolewa.',
    passkey_added: 'Ufunguo wa siri (passkey) umeongezwa.',
    passkey_removed: 'Ufunguo wa siri (passkey) umeondolewa.',
    recovery_codes_renewed: 'Misimbo mipya ya dharura imetolewa; ile ya zamani haitumiki tena.',
    identity_linked: 'Akaunti ya huduma nyingine imeunganishwa: sasa unaweza kuitumia kuingia hapa.',
    identity_unlinked: 'Akaunti ya huduma nyingine imeondolewa: haiwezi tena kutumika kuingia hapa.',
  },
  fr: {
    totp_added: 'Une application d’authentification a été ajoutée.',
    totp_removed: 'L’application d’authentification a été retirée.',
    passkey_added: 'Une clé d’accès a été ajoutée.',
    passkey_removed: 'Une clé d’accès a été retirée.',
    recovery_codes_renewed: 'De nouveaux codes de secours ont été créés ; les anciens ne fonctionnent plus.',
    identity_linked: 'Un compte externe a été associé : il permet désormais de vous connecter ici.',
    identity_unlinked: 'Un compte externe a été dissocié : il ne permet plus de vous connecter ici.',
  },
}

export const factorChanged: MailTemplate<Params> = {
  name: 'factor_changed',
  channel: 'email',
  causedBy: 'account',
  texts: {
    en: ({ at, change }, on) => ({
      subject: 'The way you sign in was changed',
      paragraphs: [`On ${on.moment(at)} your ${on.brand} account was changed:`, CHANGES.en[change]],
      action: { label: 'Review how I sign in', url: on.url('/settings/security') },
      notes: ['If it was you, there is nothing to do. If not, choose a new password at once.'],
    }),
    sw: ({ at, change }, on) => ({
      subject: 'Njia yako ya kuingia imebadilishwa',
      paragraphs: [
        `Tarehe ${on.moment(at)} akaunti yako ya ${on.brand} ilifanyiwa mabadiliko:`,
        CHANGES.sw[change],
      ],
      action: { label: 'Kagua njia zangu za kuingia', url: on.url('/settings/security') },
      notes: ['Ikiwa ni wewe, huna haja ya kufanya lolote. Ikiwa si wewe, weka nenosiri jipya mara moja.'],
    }),
    fr: ({ at, change }, on) => ({
      subject: 'Votre mode de connexion a été modifié',
      paragraphs: [`Le ${on.moment(at)}, votre compte ${on.brand} a été modifié :`, CHANGES.fr[change]],
      action: { label: 'Vérifier ma connexion', url: on.url('/settings/security') },
      notes: [
        'Si c’était vous, vous n’avez rien à faire. Sinon, choisissez immédiatement un nouveau mot de passe.',
      ],
    }),
  },
}
