import type { Language } from '../../platform/languages.ts'

/** What a readable copy says around the data. */
export const WORDS: Readonly<
  Record<Language, Readonly<Record<'title' | 'made' | 'whole' | 'more' | 'pictures', string>>>
> = {
  en: {
    title: 'Everything we keep of you',
    made: 'Made for',
    whole:
      'Each section is whole in the folder data, as JSON for other programs, with the numbers by which things are linked. Here are its first entries, in words; times are UTC.',
    more: 'all',
    pictures: 'Your pictures',
  },
  sw: {
    title: 'Kila kitu tunachohifadhi kukuhusu',
    made: 'Imetengenezwa kwa ajili ya',
    whole:
      'Kila sehemu imo nzima ndani ya folda data, kama JSON kwa programu nyingine, pamoja na namba zinazounganisha vitu. Hapa kuna maingizo yake ya kwanza, kwa maneno; saa ni za UTC.',
    more: 'zote',
    pictures: 'Picha zako',
  },
  fr: {
    title: 'Tout ce que nous gardons de vous',
    made: 'Établi pour',
    whole:
      'Chaque partie est entière dans le dossier data, en JSON pour d’autres programmes, avec les numéros qui relient les choses. En voici les premières entrées, en mots ; les heures sont en UTC.',
    more: 'tout',
    pictures: 'Vos images',
  },
}

/** What people call a table; one that is not here goes by its name. In the order of WORDS. */
const TITLES: Readonly<Record<string, readonly [en: string, sw: string, fr: string]>> = {
  assessment_submissions: [
    'Your answers to assessments',
    'Majibu yako ya tathmini',
    'Vos réponses aux évaluations',
  ],
  audit_logs: [
    'What our log tells of you',
    'Kumbukumbu yetu inachosema kukuhusu',
    'Ce que notre journal dit de vous',
  ],
  certificates: ['Your certificates', 'Vyeti vyako', 'Vos certificats'],
  coach_applications: [
    'Your applications as a coach',
    'Maombi yako ya kuwa kocha',
    'Vos candidatures de coach',
  ],
  coaching_sessions: ['Coaching sessions', 'Vipindi vya ukocha', 'Séances de coaching'],
  comments: ['Your comments', 'Maoni yako', 'Vos commentaires'],
  data_exports: ['What you had packed', 'Ulichoomba kifungashwe', 'Vos demandes de données'],
  enrollments: ['What you learn', 'Unachojifunza', 'Vos programmes'],
  event_organizers: [
    'Events you help to organise',
    'Matukio unayosaidia kuandaa',
    'Événements que vous coorganisez',
  ],
  event_registrations: [
    'Events you registered for',
    'Matukio uliyojisajili',
    'Vos inscriptions aux événements',
  ],
  events: ['Your events', 'Matukio yako', 'Vos événements'],
  faq_votes: ['Answers that helped you', 'Majibu yaliyokusaidia', 'Réponses qui vous ont aidé'],
  known_devices: ['Your devices', 'Vifaa vyako', 'Vos appareils'],
  lesson_progress: ['How far you are in lessons', 'Maendeleo yako ya masomo', 'Votre progression'],
  lesson_time: ['Time spent in lessons', 'Muda uliotumia kwenye masomo', 'Temps passé dans les leçons'],
  media_assets: ['Your uploads', 'Ulivyopakia', 'Vos fichiers'],
  messages: ['Messages', 'Ujumbe', 'Messages'],
  notifications: ['What you were told', 'Taarifa ulizopewa', 'Vos notifications'],
  orders: ['Your orders', 'Oda zako', 'Vos commandes'],
  mail_bounces: [
    'Mail to you that came back',
    'Barua pepe kwako zilizorudi',
    'E-mails à vous qui sont revenus',
  ],
  mail_suppressions: [
    'Addresses of yours that take no mail',
    'Anwani zako zisizopokea barua pepe',
    'Vos adresses qui ne reçoivent plus d’e-mails',
  ],
  outgoing_messages: ['Mail and SMS to you', 'Barua pepe na SMS kwako', 'Messages envoyés à vous'],
  posts: ['Your posts', 'Machapisho yako', 'Vos publications'],
  privacy_requests: ['Your privacy requests', 'Maombi yako ya faragha', 'Vos demandes de confidentialité'],
  program_reviews: ['Your reviews', 'Tathmini zako', 'Vos avis'],
  projects: ['Your projects', 'Miradi yako', 'Vos projets'],
  push_offers: [
    'What you said about push',
    'Ulichosema kuhusu arifa za kivinjari',
    'Votre réponse sur les notifications',
  ],
  push_subscriptions: [
    'Browsers that tell you',
    'Vivinjari vinavyokujulisha',
    'Navigateurs qui vous préviennent',
  ],
  reactions: ['Your reactions', 'Hisia zako', 'Vos réactions'],
  session_feedback: ['Feedback on sessions', 'Maoni kuhusu vipindi', 'Retours sur les séances'],
  sessions: ['Where you are signed in', 'Ulipoingia', 'Où vous êtes connecté'],
  skill_endorsements: ['Skills vouched for', 'Ujuzi uliothibitishwa', 'Compétences recommandées'],
  subscriptions: ['Your memberships', 'Uanachama wako', 'Vos abonnements'],
  transactions: ['Your payments', 'Malipo yako', 'Vos paiements'],
  user_blocks: ['Whom you have blocked', 'Uliowazuia', 'Qui vous avez bloqué'],
  user_connections: [
    'Whom you follow, and who follows you',
    'Unaowafuata na wanaokufuata',
    'Vos abonnés et abonnements',
  ],
  user_consents: ['What you agreed to', 'Ulichokubali', 'Vos consentements'],
  user_mutes: ['Whom you have muted', 'Uliowanyamazisha', 'Qui vous avez mis en sourdine'],
  user_profiles: ['Your profile', 'Wasifu wako', 'Votre profil'],
  user_roles: ['Your roles', 'Majukumu yako', 'Vos rôles'],
  user_settings: ['Your settings', 'Mipangilio yako', 'Vos réglages'],
  user_skills: ['Your skills', 'Ujuzi wako', 'Vos compétences'],
  users: ['Your account', 'Akaunti yako', 'Votre compte'],
}

const LANGUAGES: readonly Language[] = ['en', 'sw', 'fr']

export function titleOf(table: string, language: Language): string {
  return TITLES[table]?.[LANGUAGES.indexOf(language)] ?? plain(table.replace(/^analytics\./, ''))
}

/** `created_at` → `Created at`. */
export function plain(name: string): string {
  const words = name.replaceAll('_', ' ')
  return words[0]!.toUpperCase() + words.slice(1)
}
