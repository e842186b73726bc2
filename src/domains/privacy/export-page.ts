import type { Language } from '../../platform/languages.ts'

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

const WORDS = {
  en: {
    title: 'Everything we keep of you',
    made: 'Made for',
    whole: 'Each table is whole in the folder data, as JSON. Here are its first rows.',
    rows: 'rows',
    pictures: 'Your pictures',
  },
  sw: {
    title: 'Kila kitu tunachohifadhi kukuhusu',
    made: 'Imetengenezwa kwa ajili ya',
    whole: 'Kila jedwali limo zima ndani ya folda data, kama JSON. Hapa kuna safu zake za kwanza.',
    rows: 'safu',
    pictures: 'Picha zako',
  },
  fr: {
    title: 'Tout ce que nous gardons de vous',
    made: 'Établi pour',
    whole: 'Chaque table est entière dans le dossier data, en JSON. En voici les premières lignes.',
    rows: 'lignes',
    pictures: 'Vos images',
  },
} as const

/** One file that any browser opens without a network. */
export function exportPage({ language, name, madeAt, samples, names, files }: Page): string {
  const words = WORDS[language]
  const sections = samples.filter(({ rows }) => rows > 0)
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(words.title)}</title><style>${STYLE}</style></head><body>
<h1>${escaped(words.title)}</h1>
<p>${escaped(words.made)} ${escaped(name)}, ${escaped(madeAt)}</p>
<p>${escaped(words.whole)}</p>
<nav>${sections.map(({ table }) => `<a href="#${table}">${escaped(titleOf(table))}</a>`).join(' ')}</nav>
${sections.map((sample) => section(sample, names, words.rows)).join('\n')}
${files.length > 0 ? `<h2>${escaped(words.pictures)}</h2>${files.map(picture).join('\n')}` : ''}
</body></html>
`
}

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:80rem;padding:0 1rem;color-scheme:light dark}' +
  'table{border-collapse:collapse;font-size:14px}td,th{border:1px solid #8886;padding:.25rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}' +
  'nav a{margin-right:1rem}section{overflow-x:auto}img{max-width:20rem}'

function section({ table, rows, first }: Sample, names: ReadonlyMap<string, string>, word: string): string {
  const columns = Object.keys(first[0] ?? {})
  const head = columns.map((column) => `<th>${escaped(titleOf(column))}</th>`).join('')
  const body = first.map((row) => `<tr>${columns.map((column) => cell(row[column], names)).join('')}</tr>`)
  return `<section id="${table}"><h2>${escaped(titleOf(table))}</h2>
<p>${rows} ${escaped(word)}: <a href="data/${table}.json">data/${table}.json</a></p>
<table><thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table></section>`
}

function cell(value: unknown, names: ReadonlyMap<string, string>): string {
  if (value === null || value === undefined) return '<td></td>'
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  const name = names.get(text)
  return name === undefined
    ? `<td>${escaped(text)}</td>`
    : `<td><span title="${escaped(text)}">${escaped(name)}</span></td>`
}

function picture(path: string): string {
  return `<p><a href="${escaped(path)}"><img src="${escaped(path)}" alt=""></a></p>`
}

function titleOf(name: string): string {
  const words = name.replace(/^analytics\./, '').replaceAll('_', ' ')
  return words[0]!.toUpperCase() + words.slice(1)
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
