import type { Language } from '../../platform/languages.ts'
import { plain, titleOf, WORDS } from './export-words.ts'

/** The first rows of a table, for the readable copy; all of them are in the JSON file beside it. */
export type Sample = {
  readonly table: string
  readonly rows: number
  readonly first: readonly Readonly<Record<string, unknown>>[]
}

type Page = {
  readonly language: Language
  readonly name: string
  readonly madeAt: string
  readonly samples: readonly Sample[]
  /** Names of others, by id, as their reader sees them. */
  readonly names: ReadonlyMap<string, string>
  readonly files: readonly string[]
}

/** One file that any browser opens without a network. */
export function exportPage({ language, name, madeAt, samples, names, files }: Page): string {
  const words = WORDS[language]
  const sections = samples.filter(({ rows }) => rows > 0)
  const say = sayer(language, names)
  const link = ({ table }: Sample) => `<li><a href="#${table}">${escaped(titleOf(table, language))}</a></li>`
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(words.title)}</title><style>${STYLE}</style></head><body>
<h1>${escaped(words.title)}</h1>
<p>${escaped(words.made)} ${escaped(name)}, ${escaped(say(madeAt))}</p>
<p>${escaped(words.whole)}</p>
<nav><ul>${sections.map(link).join('')}</ul></nav>
${sections.map((sample) => section(sample, language, say)).join('\n')}
${files.length > 0 ? `<h2>${escaped(words.pictures)}</h2>${files.map(picture).join('\n')}` : ''}
</body></html>
`
}

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;margin:1rem auto;max-width:46rem;padding:0 1rem;color-scheme:light dark}' +
  'nav ul{columns:15rem;padding-left:1.2rem}dl{display:grid;grid-template-columns:minmax(5.5rem,28%) 1fr;gap:.15rem 1rem;margin:0;padding:.75rem 0;border-top:1px solid #8886}' +
  'dt{color:GrayText}dd{margin:0;overflow-wrap:anywhere;white-space:pre-line}img{max-width:100%}'

type Say = (value: unknown) => string

function section({ table, rows, first }: Sample, language: Language, say: Say): string {
  const file = `data/${table}.json`
  return `<section id="${table}"><h2>${escaped(titleOf(table, language))}</h2>
<p>${first.length} / ${rows} (<a href="${file}">${escaped(WORDS[language].more)}</a>)</p>
${first.map((row) => entry(row, say)).join('\n')}</section>`
}

/** What is empty, or a number that says nothing to people, is left to the file. */
function entry(row: Readonly<Record<string, unknown>>, say: Say): string {
  const told = Object.entries(row).flatMap(([column, value]) => {
    const text = say(value)
    return text === ''
      ? []
      : [`<dt>${escaped(plain(column.replace(/_(?:id|by)$/, '')))}</dt><dd dir="auto">${escaped(text)}</dd>`]
  })
  return `<dl>${told.join('')}</dl>`
}

const ID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/

function sayer(language: Language, names: ReadonlyMap<string, string>): Say {
  const moment = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  })
  return (value) => {
    if (value === null || value === undefined) return ''
    if (typeof value === 'boolean') return value ? '✓' : '–'
    if (typeof value === 'object') return JSON.stringify(value)
    const text = String(value)
    if (ID.test(text)) return names.get(text) ?? ''
    return MOMENT.test(text) ? moment.format(new Date(text)) : text
  }
}

function picture(path: string): string {
  return `<p><a href="${escaped(path)}"><img src="${escaped(path)}" alt=""></a></p>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ENTITIES[letter]!)
}
