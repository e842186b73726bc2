import { randomUUID } from 'node:crypto'
import { LANGUAGES, type Language } from '../../platform/languages.ts'
import { sendPush } from './push-sending.ts'
import { languageOf } from './queries/push.ts'

const TEXTS: Readonly<Record<Language, readonly [title: string, text: string, path: string]>> = {
  en: ['It works', 'This is how we tell you what concerns you.', '/settings/notifications'],
  sw: ['Inafanya kazi', 'Hivi ndivyo tutakavyokujulisha yanayokuhusu.', '/sw/settings/notifications'],
  fr: [
    'Cela fonctionne',
    'Voilà comment nous vous prévenons de ce qui vous concerne.',
    '/fr/settings/notifications',
  ],
}

/** A message to look at, in the reader's language, to one of their browsers. */
export async function sendTestPush(
  parts: Parameters<typeof sendPush>[0],
  userId: string,
  subscriptionId: string,
) {
  const chosen = await languageOf(parts.db.anonymous, userId)
  const language = LANGUAGES.find((one) => one === chosen) ?? 'en'
  const [title, text, path] = TEXTS[language]
  const notice = { id: randomUUID(), title, text, path, language, tag: 'test', urgent: true, ttlSeconds: 60 }
  return sendPush(parts, userId, notice, subscriptionId)
}
