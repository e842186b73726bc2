import { startWhenWanted } from '#lib/start.ts'

/** How a page's scripts start: with it, or later, when they are wanted. A page without scripts waits for none. */
export function withStart(html: string, later: boolean): string {
  // The framework's own script is the page's last: what people wrote may look like anything, but opens no script.
  const [before, script] = splitAt(html, html.lastIndexOf('<script nonce='))
  const runs = FIRST.test(script)
  // A page that runs nothing has no nonce, and waits for nothing.
  if (!runs) return html.replace(/<script nonce="[^"]*">%start%<\/script>\n?/, '')
  const [head, body] = splitAt(before, before.indexOf('</head>'))
  const started = head.replace('%start%', () => `(${START})(${later})`)
  const linked = later ? started.replaceAll('rel="modulepreload"', 'rel="later"') : started
  return linked + body + script.replace(FIRST, 'pageStart.wanted.then(() => $&)')
}

function splitAt(text: string, place: number): [string, string] {
  return [text.slice(0, Math.max(0, place)), text.slice(Math.max(0, place))]
}

/** As text for the page's head; comments are gone by now, and spaces at the beginning of lines say nothing. */
const START = String(startWhenWanted).replace(/^\s+/gm, '')

/** The framework's own first script, at the end of the page. */
const FIRST = /import\("[^"]+\/entry\/start\.[^"]+"\)(?=\.then\()/
