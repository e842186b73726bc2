import type { World } from './world.ts'

const WRITES = 'lindiwe'
const SAID = {
  en: {
    title: 'We look after the platform on Sunday',
    message: 'From 22:00 to 23:00 in Nairobi you can read, and not write. Nothing that you began is lost.',
    action: 'See what is new',
  },
  sw: {
    title: 'Tunatunza jukwaa Jumapili',
    message:
      'Kuanzia saa nne hadi saa tano usiku, saa za Nairobi, unaweza kusoma bila kuandika. Ulichoanza hakitapotea.',
    action: 'Ona mapya',
  },
  fr: {
    title: 'Entretien de la plateforme dimanche',
    message:
      'De 22 h à 23 h, heure de Nairobi, vous pourrez lire sans écrire. Rien de ce que vous avez commencé ne sera perdu.',
    action: 'Voir les nouveautés',
  },
}

/** Something that staff have drafted and not sent. */
export async function loadBroadcasts({ names, insert }: World): Promise<void> {
  const created_by = names.of('person', WRITES, 'people.json')
  await insert('broadcasts', [
    { type: 'account', channels: ['email', 'push'], texts: SAID, path: '/help', created_by },
  ])
}
