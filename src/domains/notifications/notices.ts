import type { Db } from '../../platform/db/index.ts'
import type { Notice, Subject } from '../../platform/facts/index.ts'
import { OPTIONAL_CHANNELS } from '../identity/index.ts'
import { PLAIN_WORDS } from './plain-words.ts'
import { nextOfBroadcast, textsOfBroadcasts } from './queries/broadcasts.ts'

/** As what a broadcast of a type is known. */
export const BROADCAST_FACTS = {
  account: 'notifications.announcement_sent',
  marketing: 'notifications.news_sent',
} as const

/** What staff tell many people at once: walked in slices, worded as it was written, by the ways that it was written for. */
const BROADCAST = {
  channels: ({ params }) => OPTIONAL_CHANNELS.filter((channel) => params[channel] === true),
  subjects: wordsOf,
  slice: (db, { reference_id }, after, size) => nextOfBroadcast(db, reference_id!, after, size),
  path: (_fact, broadcast) => broadcast?.slug ?? null,
  nameless: { en: 'an announcement', sw: 'tangazo', fr: 'une annonce' },
} as const satisfies Partial<Notice>

export const notificationsNotices: readonly Notice[] = [
  { fact: BROADCAST_FACTS.account, type: 'account', ...BROADCAST, texts: plain('account') },
  { fact: BROADCAST_FACTS.marketing, type: 'marketing', ...BROADCAST, texts: plain('marketing') },
]

async function wordsOf(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, Subject>> {
  const found = await textsOfBroadcasts(db, ids)
  return new Map(
    found.map(({ broadcast_id, texts, path }) => {
      return [broadcast_id, { title: texts.en.title, texts, ...(path !== null && { slug: path }) }]
    }),
  )
}

/** What is said where its own words are gone. */
function plain(type: keyof typeof BROADCAST_FACTS): Notice['texts'] {
  const { en, sw, fr } = PLAIN_WORDS[type]
  return { en: () => en, sw: () => sw, fr: () => fr }
}
