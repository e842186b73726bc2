import type { Notice } from '../../platform/facts/index.ts'
import type { Language } from '../../platform/languages.ts'
import { ROLES } from './mail/role-changed.ts'
import type { NotificationType } from './notification-matrix.ts'
import { namedTags } from './queries/notices.ts'

type IdentityNotice = Notice & { readonly type: NotificationType }

/** What people are told of themselves; where a mail goes out by itself, none is sent twice. */
export const identityNotices: readonly IdentityNotice[] = [
  {
    fact: 'identity.follow_created',
    type: 'community',
    channels: ['push'],
    thread: () => 'followers',
    texts: {
      en: ({ actor }) => ({
        title: `${actor} follows you`,
        message: 'What you publish now reaches one person more.',
        action: 'See their profile',
      }),
      sw: ({ actor }) => ({
        title: `${actor} anakufuata`,
        message: 'Unachochapisha sasa kinamfikia mtu mmoja zaidi.',
        action: 'Angalia wasifu wake',
      }),
      fr: ({ actor }) => ({
        title: `${actor} vous suit`,
        message: 'Ce que vous publiez touche désormais une personne de plus.',
        action: 'Voir son profil',
      }),
    },
    path: ({ reference_id }) => `/people/${reference_id}`,
  },
  {
    fact: 'identity.skill_endorsed',
    type: 'community',
    channels: ['push'],
    subjects: namedTags,
    nameless: { en: 'a skill', sw: 'ujuzi', fr: 'une compétence' },
    thread: ({ reference_id }) => `skill:${reference_id}`,
    texts: {
      en: ({ actor, subject }) => ({
        title: `${actor} vouches for you`,
        message: `They say that you are good at “${subject}”.`,
        action: 'See my profile',
      }),
      sw: ({ actor, subject }) => ({
        title: `${actor} anakuthibitisha`,
        message: `Anasema una ujuzi mzuri wa “${subject}”.`,
        action: 'Angalia wasifu wangu',
      }),
      fr: ({ actor, subject }) => ({
        title: `${actor} se porte garant de vous`,
        message: `Pour cette compétence : « ${subject} ».`,
        action: 'Voir mon profil',
      }),
    },
    path: () => '/me',
  },
  {
    fact: 'identity.coach_application_decided',
    type: 'coaching',
    channels: ['push'],
    texts: { en: decisionIn('en'), sw: decisionIn('sw'), fr: decisionIn('fr') },
    path: () => '/settings/coaching',
  },
  {
    fact: 'identity.role_granted',
    type: 'account',
    channels: ['push'],
    texts: {
      en: ({ param }) => ({
        title: 'You have a new role',
        message: `You are now: ${roleIn('en', param('role'))}.`,
      }),
      sw: ({ param }) => ({
        title: 'Umepewa jukumu jipya',
        message: `Sasa wewe ni: ${roleIn('sw', param('role'))}.`,
      }),
      fr: ({ param }) => ({
        title: 'Vous avez un nouveau rôle',
        message: `Vous êtes maintenant : ${roleIn('fr', param('role'))}.`,
      }),
    },
    path: () => '/settings',
  },
  {
    fact: 'identity.role_ends_soon',
    type: 'account',
    channels: ['email', 'push'],
    texts: {
      en: ({ param, moment }) => ({
        title: 'A role of yours ends soon',
        message: `${roleIn('en', param('role'))}: until ${moment('expires_at')}. Write to us if you want to go on.`,
      }),
      sw: ({ param, moment }) => ({
        title: 'Jukumu lako moja linakaribia kukoma',
        message: `${roleIn('sw', param('role'))}: hadi ${moment('expires_at')}. Tuandikie ukitaka kuendelea.`,
      }),
      fr: ({ param, moment }) => ({
        title: 'Un de vos rôles se termine bientôt',
        message: `${roleIn('fr', param('role'))} : jusqu’au ${moment('expires_at')}. Écrivez-nous si vous souhaitez continuer.`,
      }),
    },
    path: () => '/settings',
  },
]

const DECISIONS: Readonly<
  Record<Language, Readonly<Record<'approved' | 'rejected', readonly [title: string, message: string]>>>
> = {
  en: {
    approved: [
      'Welcome among the coaches',
      'Your application was accepted. Say when you have time, and people can find you.',
    ],
    rejected: [
      'Your application to coach',
      'It was not accepted this time. We have written to you why; you may apply again.',
    ],
  },
  sw: {
    approved: [
      'Karibu miongoni mwa makocha',
      'Ombi lako limekubaliwa. Sema una nafasi lini, na watu wataweza kukupata.',
    ],
    rejected: [
      'Ombi lako la kuwa kocha',
      'Halikukubaliwa safari hii. Tumekuandikia sababu; unaweza kuomba tena.',
    ],
  },
  fr: {
    approved: [
      'Bienvenue parmi les coachs',
      'Votre candidature est acceptée. Dites quand vous êtes disponible, et l’on pourra vous trouver.',
    ],
    rejected: [
      'Votre candidature de coach',
      'Elle n’a pas été retenue cette fois. Nous vous avons écrit pourquoi ; vous pouvez postuler à nouveau.',
    ],
  },
}

function decisionIn(language: Language): Notice['texts'][Language] {
  return ({ param }) => {
    const [title, message] = DECISIONS[language][param('decision') === 'approved' ? 'approved' : 'rejected']
    return { title, message }
  }
}

function roleIn(language: Language, role: string): string {
  return ROLES[language][role] ?? role
}
