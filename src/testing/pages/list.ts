/** Who a page is made for: nobody signed in, or one of the demo world's people by username. */
export type Reader = 'stranger' | 'amina' | 'kwame' | 'zawadi' | 'lindiwe'

/** Asks the API as the reader of the page. */
export type Ask = <T>(path: string) => Promise<T>

export type ListedPage = {
  /** A word to choose it by, and the name of its pictures. */
  readonly name: string
  /** Its folder under web/src/routes. */
  readonly route: string
  readonly reader: Reader
  /** What stands in the place of each `[parameter]`. */
  readonly fill: Readonly<Record<string, Fill>>
  readonly query: string
}
type Fill = string | ((ask: Ask) => Promise<string>)

/**
 * Every page of the web application, once: what is photographed, measured and tested. A page that is not here fails
 * test/web/pages.test.ts.
 */
export const PAGES: readonly ListedPage[] = [
  page('home', '/', 'stranger'),
  page('kit', '/dev/kit', 'stranger'),
  page('offline-shell', '/offline-shell', 'stranger'),
  page('me', '/me', 'amina'),
  page('sign-out', '/sign-out', 'amina'),
]

type More = { readonly fill?: Readonly<Record<string, Fill>>; readonly query?: string }

function page(name: string, route: string, reader: Reader, { fill = {}, query = '' }: More = {}): ListedPage {
  return { name, route, reader, fill, query }
}

/** Where the page stands in this world, in English. */
export async function addressOf({ route, fill, query }: ListedPage, ask: Ask): Promise<string> {
  let path = route.replace(/\/\([^)]+\)/g, '') || '/'
  for (const [name, value] of Object.entries(fill)) {
    path = path.replace(`[${name}]`, encodeURIComponent(typeof value === 'string' ? value : await value(ask)))
  }
  return path + query
}

/** The pages whose name has one of the words in it; all without words. */
export function chosen(words: readonly string[]): readonly ListedPage[] {
  return words.length === 0 ? PAGES : PAGES.filter(({ name }) => words.some((word) => name.includes(word)))
}
