/** The offline page in each language. It has its styles within and needs no script. */
const PAGES = ['/offline-shell', '/sw/offline-shell', '/fr/offline-shell']

/** What is fetched ahead: the rest of the parts is kept as it is used, so that nobody pays for pages they never open. */
export function shellOf(_parts: readonly { readonly path: string }[]): string[] {
  return PAGES
}
