import type { MailTemplate } from '../../../platform/messages/index.ts'

/** `note` is what the reviewer wants the applicant to read, 500 characters at most, or null. */
type Params = { readonly decision: 'approved' | 'rejected'; readonly note: string | null }

export const coachApplicationDecided: MailTemplate<Params> = {
  name: 'coach_application_decided',
  channel: 'email',
  causedBy: 'account',
  texts: {
    en: ({ decision, note }, on) => ({
      subject: decision === 'approved' ? 'Welcome as a coach' : 'Your application as a coach',
      paragraphs:
        decision === 'approved'
          ? [
              `Congratulations: you are now a coach on ${on.brand}. Complete your coach profile so that people can find and book you.`,
            ]
          : [
              `Thank you for applying as a coach on ${on.brand}. We could not accept your application this time. You are welcome to apply again.`,
            ],
      ...(note !== null && { facts: [['From the reviewer', note]] as const }),
      action:
        decision === 'approved'
          ? { label: 'Complete my coach profile', url: on.url('/settings/coaching') }
          : { label: 'Look at my application', url: on.url('/settings/coaching') },
    }),
    sw: ({ decision, note }, on) => ({
      subject: decision === 'approved' ? 'Karibu kama kocha' : 'Ombi lako la kuwa kocha',
      paragraphs:
        decision === 'approved'
          ? [
              `Hongera: sasa wewe ni kocha kwenye ${on.brand}. Kamilisha wasifu wako wa kocha ili watu wakupate na kuweka miadi nawe.`,
            ]
          : [
              `Asante kwa kuomba kuwa kocha kwenye ${on.brand}. Safari hii hatukuweza kukubali ombi lako. Unakaribishwa kuomba tena.`,
            ],
      ...(note !== null && { facts: [['Kutoka kwa mkaguzi', note]] as const }),
      action:
        decision === 'approved'
          ? { label: 'Kamilisha wasifu wangu wa kocha', url: on.url('/settings/coaching') }
          : { label: 'Angalia ombi langu', url: on.url('/settings/coaching') },
    }),
    fr: ({ decision, note }, on) => ({
      subject: decision === 'approved' ? 'Bienvenue parmi les coachs' : 'Votre candidature de coach',
      paragraphs:
        decision === 'approved'
          ? [
              `Félicitations : vous êtes désormais coach sur ${on.brand}. Complétez votre profil de coach pour que l’on puisse vous trouver et réserver une séance.`,
            ]
          : [
              `Merci d’avoir proposé votre candidature de coach sur ${on.brand}. Nous n’avons pas pu la retenir cette fois-ci. Vous pouvez postuler à nouveau.`,
            ],
      ...(note !== null && { facts: [['Le mot de l’examinateur', note]] as const }),
      action:
        decision === 'approved'
          ? { label: 'Compléter mon profil de coach', url: on.url('/settings/coaching') }
          : { label: 'Voir ma candidature', url: on.url('/settings/coaching') },
    }),
  },
}
