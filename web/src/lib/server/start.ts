import { startWhenWanted } from '#lib/start.ts'

/** How a page's scripts start: with it, or later, when they are wanted. A page without scripts waits for none. */
export function withStart(html: string, later: boolean): string {
  const runs = FIRST.test(html)
  // A page that runs nothing has no nonce, and waits for nothing.
  if (!runs) return html.replace(/<script nonce="[^"]*">%start%<\/script>\n?/, '')
  const page = html
    .replace('%start%', () => `(${START})(${later})`)
    .replace(FIRST, 'pageStart.wanted.then(() => $&)')
  return later ? page.replaceAll('rel="modulepreload"', 'rel="later"') : page
}

/** As text for the page's head; comments are gone by now, and spaces at the beginning of lines say nothing. */
const START = String(startWhenWanted).replace(/^\s+/gm, '')

/** The framework's own first script, at the end of the page. */
const FIRST = /import\("[^"]+\/entry\/start\.[^"]+"\)(?=\.then\()/
