import type { MailTemplate } from '../../../platform/messages/index.ts'

/** `device` as people call it, "Chrome on Android"; `place` as far as it is known. */
type Params = { readonly at: string; readonly device: string; readonly place: string | null }

/** A device that has not signed in to this account before. */
export const newSignIn: MailTemplate<Params> = {
  name: 'new_sign_in',
  channel: 'email',
  causedBy: 'account',
  texts: {
    en: ({ at, device, place }, on) => ({
      subject: 'New sign-in to your account',
      paragraphs: [
        `Someone signed in to your ${on.brand} account from a device that we have not seen before.`,
      ],
      facts: [['When', on.moment(at)], ['Device', device], ...(place ? ([['Place', place]] as const) : [])],
      action: { label: 'Look at my sessions', url: on.url('/settings/security') },
      notes: [
        'If it was you, there is nothing to do. If not, end that session and choose a new password at once.',
      ],
    }),
    sw: ({ at, device, place }, on) => ({
      subject: 'Kuingia kupya kwenye akaunti yako',
      paragraphs: [
        `Kuna mtu ameingia kwenye akaunti yako ya ${on.brand} kwa kifaa ambacho hatujawahi kukiona.`,
      ],
      facts: [['Lini', on.moment(at)], ['Kifaa', device], ...(place ? ([['Mahali', place]] as const) : [])],
      action: { label: 'Angalia vipindi vyangu', url: on.url('/settings/security') },
      notes: [
        'Ikiwa ni wewe, huna haja ya kufanya lolote. Ikiwa si wewe, funga kipindi hicho na uweke nenosiri jipya mara moja.',
      ],
    }),
    fr: ({ at, device, place }, on) => ({
      subject: 'Nouvelle connexion à votre compte',
      paragraphs: [
        `Quelqu’un s’est connecté à votre compte ${on.brand} depuis un appareil que nous n’avions jamais vu.`,
      ],
      facts: [['Quand', on.moment(at)], ['Appareil', device], ...(place ? ([['Lieu', place]] as const) : [])],
      action: { label: 'Voir mes sessions', url: on.url('/settings/security') },
      notes: [
        'Si c’était vous, vous n’avez rien à faire. Sinon, fermez cette session et choisissez immédiatement un nouveau mot de passe.',
      ],
    }),
  },
}
