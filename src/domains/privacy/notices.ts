import type { Notice } from '../../platform/facts/index.ts'

/** What people are told of their data; the mail of each goes out by itself. */
export const privacyNotices: readonly Notice[] = [
  {
    fact: 'privacy.export_ready',
    type: 'account',
    channels: ['push'],
    texts: {
      en: () => ({
        title: 'Your data is ready',
        message: 'What we keep of you is packed and waits to be downloaded.',
        action: 'Download it',
      }),
      sw: () => ({
        title: 'Data yako iko tayari',
        message: 'Tunachohifadhi kukuhusu kimefungashwa na kinasubiri kupakuliwa.',
        action: 'Ipakue',
      }),
      fr: () => ({
        title: 'Vos données sont prêtes',
        message: 'Ce que nous gardons de vous est prêt à être téléchargé.',
        action: 'Les télécharger',
      }),
    },
    path: () => '/settings/data',
  },
  {
    // Not why: that somebody has gone is theirs to tell.
    fact: 'privacy.export_withdrawn',
    type: 'account',
    channels: [],
    texts: {
      en: () => ({
        title: 'Ask for your data again',
        message:
          'What was packed of your data is no longer up to date and was deleted. You can ask for it again.',
        action: 'Ask again',
      }),
      sw: () => ({
        title: 'Omba data yako tena',
        message: 'Data yako iliyofungashwa imepitwa na wakati na imefutwa. Unaweza kuiomba tena.',
        action: 'Omba tena',
      }),
      fr: () => ({
        title: 'Demandez à nouveau vos données',
        message:
          'Le fichier de vos données n’était plus à jour et a été supprimé. Vous pouvez le demander à nouveau.',
        action: 'Les demander',
      }),
    },
    path: () => '/settings/data',
  },
  {
    fact: 'privacy.request_answered',
    type: 'account',
    channels: ['push'],
    texts: {
      en: () => ({
        title: 'Your request about your data is answered',
        message: 'Our answer waits for you.',
        action: 'Read it',
      }),
      sw: () => ({
        title: 'Ombi lako kuhusu data yako limejibiwa',
        message: 'Jibu letu linakusubiri.',
        action: 'Lisome',
      }),
      fr: () => ({
        title: 'Réponse à votre demande sur vos données',
        message: 'Notre réponse vous attend.',
        action: 'La lire',
      }),
    },
    path: () => '/settings/requests',
  },
]
