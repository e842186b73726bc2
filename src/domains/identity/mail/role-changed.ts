import type { Language } from '../../../platform/languages.ts'
import type { MailTemplate, Setting } from '../../../platform/messages/index.ts'

/** `from` and `until` (ISO 8601) are told where they are set; a revoked role has neither. */
type Params = {
  readonly role: string
  readonly change: 'granted' | 'revoked'
  readonly from: string | null
  readonly until: string | null
}

/** A role that is not named here is shown as it is called in the database. */
export const ROLES: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  en: {
    member: 'Member',
    coach: 'Coach',
    partner: 'Partner',
    admin: 'Administrator',
    super_admin: 'Super administrator',
  },
  sw: {
    member: 'Mwanachama',
    coach: 'Kocha',
    partner: 'Mshirika',
    admin: 'Msimamizi',
    super_admin: 'Msimamizi mkuu',
  },
  fr: {
    member: 'Membre',
    coach: 'Coach',
    partner: 'Partenaire',
    admin: 'Administrateur',
    super_admin: 'Super-administrateur',
  },
}

export const roleChanged: MailTemplate<Params> = {
  name: 'role_changed',
  channel: 'email',
  causedBy: 'account',
  texts: {
    en: (change, on) => ({
      subject: change.change === 'granted' ? 'You have a new role' : 'A role of yours has ended',
      paragraphs: [
        change.change === 'granted'
          ? `An administrator has given you a role on ${on.brand}.`
          : `An administrator has ended a role of yours on ${on.brand}.`,
      ],
      facts: factsOf(change, on, ROLES.en, ['Role', 'From', 'Until']),
      action: { label: 'Open my account', url: on.url('/settings') },
    }),
    sw: (change, on) => ({
      subject: change.change === 'granted' ? 'Umepewa jukumu jipya' : 'Jukumu lako moja limekoma',
      paragraphs: [
        change.change === 'granted'
          ? `Msimamizi amekupa jukumu kwenye ${on.brand}.`
          : `Msimamizi amekomesha jukumu lako moja kwenye ${on.brand}.`,
      ],
      facts: factsOf(change, on, ROLES.sw, ['Jukumu', 'Kuanzia', 'Hadi']),
      action: { label: 'Fungua akaunti yangu', url: on.url('/settings') },
    }),
    fr: (change, on) => ({
      subject: change.change === 'granted' ? 'Vous avez un nouveau rôle' : 'L’un de vos rôles a pris fin',
      paragraphs: [
        change.change === 'granted'
          ? `Un administrateur vous a attribué un rôle sur ${on.brand}.`
          : `Un administrateur a mis fin à l’un de vos rôles sur ${on.brand}.`,
      ],
      facts: factsOf(change, on, ROLES.fr, ['Rôle', 'À partir du', 'Jusqu’au']),
      action: { label: 'Ouvrir mon compte', url: on.url('/settings') },
    }),
  },
}

function factsOf(
  { role, from, until }: Params,
  on: Setting,
  names: Readonly<Record<string, string>>,
  [ofRole, ofFrom, ofUntil]: readonly [string, string, string],
): [string, string][] {
  return [
    [ofRole, names[role] ?? role],
    ...(from === null ? [] : ([[ofFrom, on.moment(from)]] satisfies [string, string][])),
    ...(until === null ? [] : ([[ofUntil, on.moment(until)]] satisfies [string, string][])),
  ]
}
