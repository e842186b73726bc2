import { startWhenWanted } from '#lib/start.ts'

/** How a page's scripts start: with it, or later, when they are wanted. A page without scripts waits for none. */
export function withStart(html: string, later: boolean): string {
  const runs = FIRST.test(html)
  const page = html
    .replace('%start%', () => `(${startWhenWanted})(${later && runs})${runs ? '' : ';pageStart.done()'}`)
    .replace(FIRST, 'pageStart.wanted.then(() => $&)')
  return later && runs ? page.replaceAll('rel="modulepreload"', 'rel="later"') : page
}

/** The framework's own first script, at the end of the page. */
const FIRST = /import\("[^"]+\/entry\/start\.[^"]+"\)(?=\.then\()/
