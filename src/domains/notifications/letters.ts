import type { Language } from '../../platform/languages.ts'
import type { Letter, Setting } from '../../platform/messages/index.ts'
import type { Item } from './rendering.ts'

/** More than so many are not listed in a digest: the inbox has them all. */
const MOST_LISTED = 20

type Words = {
  readonly open: string
  readonly off: string
  readonly all: string
  readonly digest: (count: number) => string
  readonly intro: string
  readonly more: (count: number) => string
  readonly openAll: string
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    open: 'Open',
    off: 'No more mail of this kind',
    all: 'What we tell you about, and how',
    digest: (count) => (count === 1 ? 'One thing is new for you' : `${count} things are new for you`),
    intro: 'Here is what happened since our last summary.',
    more: (count) => `And ${count} more.`,
    openAll: 'See them all',
  },
  sw: {
    open: 'Fungua',
    off: 'Nisitumiwe tena barua pepe za aina hii',
    all: 'Yale tunayokujulisha, na kwa njia gani',
    digest: (count) => (count === 1 ? 'Kuna jambo moja jipya kwako' : `Kuna mambo ${count} mapya kwako`),
    intro: 'Haya ndiyo yaliyotokea tangu muhtasari wetu uliopita.',
    more: (count) => `Na mengine ${count}.`,
    openAll: 'Yaone yote',
  },
  fr: {
    open: 'Ouvrir',
    off: 'Ne plus recevoir ce genre d’e-mails',
    all: 'Ce dont nous vous prévenons, et comment',
    digest: (count) => (count === 1 ? 'Une nouveauté pour vous' : `${count} nouveautés pour vous`),
    intro: 'Voici ce qui s’est passé depuis notre dernier résumé.',
    more: (count) => `Et ${count} de plus.`,
    openAll: 'Tout voir',
  },
}

/** One notification as a mail of its own. `off`: the token of the link that switches mail of its kind off; null: it stays. */
export function letterOf(item: Item, language: Language, on: Setting, off: string | null = null): Letter {
  const words = WORDS[language]
  const label = item.action_label ?? words.open
  return {
    subject: item.title,
    paragraphs: [item.message],
    action: { label, url: on.url(item.action_url ?? '/notifications') },
    links: linksOf(words, on, off),
  }
}

/** One as an SMS: what it is, and where it is read. */
export function shortOf({ title, action_url }: Item, on: Setting): string {
  return `${title}: ${on.url(action_url ?? '/notifications')}`
}

/** Many in one mail, oldest first; `off` as above. */
export function digestOf(
  items: readonly Item[],
  language: Language,
  on: Setting,
  off: string | null = null,
): Letter {
  const words = WORDS[language]
  const left = items.length - MOST_LISTED
  return {
    subject: words.digest(items.length),
    paragraphs: [
      words.intro,
      ...items.slice(0, MOST_LISTED).map(({ title, message }) => `• ${title}. ${message}`),
      ...(left > 0 ? [words.more(left)] : []),
    ],
    action: { label: words.openAll, url: on.url('/notifications') },
    links: linksOf(words, on, off),
  }
}

function linksOf(words: Words, on: Setting, off: string | null): NonNullable<Letter['links']> {
  const all = { label: words.all, url: on.url('/settings/notifications') }
  return off === null ? [all] : [{ label: words.off, url: on.url('/unsubscribe', { token: off }) }, all]
}
