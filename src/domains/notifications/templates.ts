import type { Static } from 'typebox'
import { smsSegments } from '../../platform/delivery/index.ts'
import { notFound } from '../../platform/errors.ts'
import type { Notice, NoticeText } from '../../platform/facts/index.ts'
import { LANGUAGES, type Language } from '../../platform/languages.ts'
import { momentIn, renderMail, settingOf } from '../../platform/messages/index.ts'
import type { Services } from '../../platform/services.ts'
import { OPTIONAL_CHANNELS } from '../identity/index.ts'
import { letterOf, shortOf } from './letters.ts'
import { BROADCAST_FACTS } from './notices.ts'
import { PLAIN_WORDS } from './plain-words.ts'
import { isType, type Registry } from './registry.ts'
import type { Item } from './rendering.ts'
import type { Template, Templates } from './schemas/templates.ts'

const BRAND = 'Brand Coach Network'
const ACTOR = 'Amina Wanjiru'
const SUBJECT: Readonly<Record<Language, string>> = {
  en: 'A name people remember',
  sw: 'Jina ambalo watu hukumbuka',
  fr: 'Un nom que l’on retient',
}
const MOMENT = '2026-03-01T09:30:00Z'
const ID = '018f0000-0000-7000-8000-000000000000'

/** Every notice with its words, made of values that are made up. What broadcasts say is written each time, and not here. */
export function readTemplates(registry: Registry): Static<typeof Templates> {
  return { items: noticesOf(registry).map(shownOf) }
}

/** One as each way sends it, in each language. 404 `template.not_found`. */
export function readTemplate(
  { config }: Pick<Services, 'config'>,
  registry: Registry,
  fact: string,
): Static<typeof Template> {
  const notice = noticesOf(registry).find((one) => one.fact === fact)
  if (!notice) throw notFound('template', fact)
  const shown = shownOf(notice)
  const ways = LANGUAGES.map((language) => {
    const item = itemOf(notice, shown.texts[language])
    const on = settingOf({ brand: BRAND, publicUrl: config.publicUrl, language, timezone: 'UTC' })
    const text = shortOf(item, on)
    return {
      language,
      mail: renderMail(letterOf(item, language, on), { brand: BRAND, language }),
      sms: { text, segments: smsSegments(text) },
      push: { title: item.title, text: item.message },
    }
  })
  return { ...shown, ways }
}

function noticesOf(registry: Registry): Notice[] {
  const broadcasts: readonly string[] = Object.values(BROADCAST_FACTS)
  return registry.all
    .filter(({ fact }) => !broadcasts.includes(fact))
    .toSorted((a, b) => (a.fact < b.fact ? -1 : 1))
}

function shownOf(notice: Notice): Static<typeof Templates>['items'][number] {
  const { fact, type, urgent = false, channels } = notice
  const tried = LANGUAGES.map((language) => [language, sampleOf(notice, language)] as const)
  const used = new Set(tried.flatMap(([, { parameters }]) => [...parameters]))
  return {
    fact,
    type,
    urgent,
    channels: typeof channels === 'function' ? [...OPTIONAL_CHANNELS] : [...channels],
    parameters: [...used].map((name) => ({ name, has_sample: notice.sample?.[name] !== undefined })),
    texts: Object.fromEntries(tried.map(([language, { text }]) => [language, text])) as Record<
      Language,
      ReturnType<typeof sampleOf>['text']
    >,
  }
}

/** Its words with made up values; where they cannot be made, what people would read instead, and what is wrong. */
function sampleOf(notice: Notice, language: Language) {
  const parameters = new Set<string>()
  const param = (name: string) => {
    parameters.add(name)
    return String(notice.sample?.[name] ?? (name.endsWith('_at') ? MOMENT : `[${name}]`))
  }
  const said = (text: NoticeText, problem: string | null) => {
    return { title: text.title, message: text.message, action: text.action ?? null, problem }
  }
  try {
    const text = notice.texts[language]({
      actor: ACTOR,
      subject: SUBJECT[language],
      param,
      moment: (name, zone = 'UTC') => momentIn(language, zone).format(new Date(param(name))),
    })
    return { parameters, text: said(text, null) }
  } catch (error) {
    const plain = PLAIN_WORDS[isType(notice.type) ? notice.type : 'account'][language]
    return { parameters, text: said(plain, error instanceof Error ? error.message : 'unknown') }
  }
}

function itemOf(notice: Notice, text: { title: string; message: string; action: string | null }): Item {
  const path = pathOf(notice)
  return {
    notification_id: ID,
    seq: 1,
    kind: notice.fact,
    type: notice.type,
    title: text.title,
    message: text.message,
    action_url: path,
    action_label: text.action,
    reference_type: null,
    reference_id: null,
    actor: null,
    thread_key: null,
    is_read: false,
    archived_at: null,
    created_at: MOMENT,
  }
}

function pathOf(notice: Notice): string | null {
  const subject = { title: SUBJECT.en, slug: 'a-name-people-remember' }
  return notice.path?.({ reference_id: ID, params: notice.sample ?? {} }, subject) ?? null
}
