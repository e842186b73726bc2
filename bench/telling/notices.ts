import { createRegistry } from '../../src/domains/notifications/index.ts'

/** One that goes by every way, and that a digest gathers. */
export const TOLD = 'bench.show_told'

export const TELLING_NOTICES = createRegistry([
  {
    fact: TOLD,
    type: 'community',
    channels: ['email', 'sms', 'push'],
    texts: {
      en: () => ({ title: 'Told once', message: 'In your language, when you want.' }),
      sw: () => ({ title: 'Umeambiwa mara moja', message: 'Kwa lugha yako, unapotaka.' }),
      fr: () => ({ title: 'Dit une fois', message: 'Dans votre langue, quand vous voulez.' }),
    },
    path: () => '/community',
  },
])
