import type { Language } from '../languages.ts'
import type { Furniture } from './furniture.ts'
import type { Letter } from './template.ts'

type Frame = { readonly brand: string; readonly language: Language; readonly words: Furniture }

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
const PARAGRAPH = `margin:0 0 16px;font-size:16px;line-height:1.5`
const SMALL = 'margin:0 0 12px;font-size:14px;line-height:1.5;color:#5b6470'

/**
 * One column that narrows with the screen, styled in place since mail programs drop style sheets; the only sheet is for
 * dark mode, where they honour it. No image and nothing from elsewhere: opening a mail tells nobody.
 */
export function htmlOf(
  { subject, paragraphs, facts = [], action, notes = [], links = [] }: Letter,
  frame: Frame,
): string {
  const { brand, language, words } = frame
  const body = [
    paragraph(words.greeting, PARAGRAPH),
    ...paragraphs.map((text) => paragraph(text, PARAGRAPH)),
    facts.length > 0 ? table(facts) : '',
    action ? button(action) : '',
    ...notes.map((text) => paragraph(text, SMALL, 'quiet')),
    action ? paragraph(words.instead, SMALL, 'quiet') + address(action.url) : '',
    ...links.map(link),
  ].join('\n')
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escaped(subject)}</title>
<style>
@media (prefers-color-scheme: dark) {
  .page { background: #12161c !important; }
  .card { background: #1c222b !important; color: #e8ebef !important; }
  .quiet { color: #a7b0bc !important; }
  .link { color: #8fb8ff !important; }
}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f3f4f6">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="page" style="background:#f3f4f6">
<tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="card" style="max-width:560px;background:#ffffff;color:#1d2430;border-radius:12px;${FONT}">
<tr><td style="padding:28px 28px 16px">
<p style="margin:0 0 24px;font-size:18px;line-height:1.3;font-weight:700">${escaped(brand)}</p>
${body}
</td></tr>
<tr><td style="padding:16px 28px 28px;border-top:1px solid #8b949e33">
${paragraph(words.footer, 'margin:0;font-size:12px;line-height:1.5;color:#5b6470', 'quiet')}
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`
}

function paragraph(text: string, style: string, name = ''): string {
  return `<p${name ? ` class="${name}"` : ''} style="${style}">${escaped(text)}</p>`
}

function table(facts: NonNullable<Letter['facts']>): string {
  const rows = facts.map(
    ([label, value]) =>
      `<tr><td class="quiet" style="padding:4px 16px 4px 0;font-size:14px;color:#5b6470;vertical-align:top">${escaped(label)}</td>` +
      `<td style="padding:4px 0;font-size:14px;word-break:break-word">${escaped(value)}</td></tr>`,
  )
  return `<table cellpadding="0" cellspacing="0" style="margin:0 0 20px">${rows.join('')}</table>`
}

/** A cell with a background: the one button that every mail program draws. */
function button({ label, url }: NonNullable<Letter['action']>): string {
  const style = `display:inline-block;padding:14px 28px;font-size:16px;font-weight:600;color:#ffffff;text-decoration:none`
  return `<table role="presentation" cellpadding="0" cellspacing="0" style="margin:8px 0 24px"><tr><td bgcolor="#1f5fd0" style="border-radius:8px;background:#1f5fd0"><a href="${escaped(url)}" style="${style}">${escaped(label)}</a></td></tr></table>`
}

function link({ label, url }: NonNullable<Letter['links']>[number]): string {
  return `<p style="${SMALL}"><a class="link" href="${escaped(url)}" style="color:#1f5fd0">${escaped(label)}</a></p>`
}

function address(url: string): string {
  return `<p style="${SMALL};word-break:break-all"><a class="link" href="${escaped(url)}" style="color:#1f5fd0">${escaped(url)}</a></p>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}
