import { oneLine } from '../delivery/index.ts'
import type { Language } from '../languages.ts'
import { FURNITURE } from './furniture.ts'
import { htmlOf } from './html.ts'
import type { Letter, Rendered, Setting } from './template.ts'

type Frame = { readonly brand: string; readonly language: Language }

/** Text and HTML of the same letter. */
export function renderMail(letter: Letter, { brand, language }: Frame): Rendered {
  const words = FURNITURE[language]
  const frame = { brand, language, words }
  return { subject: oneLine(letter.subject), text: textOf(letter, frame), html: htmlOf(letter, frame) }
}

function textOf(letter: Letter, { brand, words }: { brand: string; words: (typeof FURNITURE)[Language] }) {
  const { paragraphs, facts = [], action, notes = [], links = [] } = letter
  return [
    words.greeting,
    ...paragraphs,
    facts.map(([label, value]) => `${label}: ${value}`).join('\n'),
    action ? `${action.label}:\n${action.url}` : '',
    ...notes,
    links.map(({ label, url }) => `${label}: ${url}`).join('\n'),
    `-- \n${brand}\n${words.footer}`,
  ]
    .filter((block) => block !== '')
    .join('\n\n')
    .concat('\n')
}

type Place = {
  readonly brand: string
  readonly publicUrl: string
  readonly language: Language
  readonly timezone: string
}

export function settingOf({ brand, publicUrl, language, timezone }: Place): Setting {
  return {
    brand,
    url(path, query) {
      const search = query ? `?${new URLSearchParams(query)}` : ''
      // English pages stand at the root, the others below their language.
      return `${publicUrl}${language === 'en' ? '' : `/${language}`}${path}${search}`
    },
    moment: (iso) => momentIn(language, timezone).format(new Date(iso)),
  }
}

/** How a moment is written in a language and zone, which it names. */
export function momentIn(language: Language, timeZone: string): Intl.DateTimeFormat {
  const format = (zone: string) =>
    new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
      year: 'numeric',
      month: 'long',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      timeZone: zone,
      timeZoneName: 'short',
    })
  try {
    return format(timeZone)
  } catch {
    return format('UTC') // a zone that this Node does not know
  }
}
