import type { Browser } from 'playwright-core'
import { type ListedPage, PAGES, type Reader } from '../../src/testing/pages/list.ts'
import { find, openAs } from '../../src/testing/pages/visit.ts'

export type Addressed = { readonly name: string; readonly reader: Reader; readonly address: string }

/** Where the pages that are wanted stand in this world. */
export async function addressesOf(
  browser: Browser,
  origin: string,
  wanted: (page: ListedPage) => boolean,
): Promise<readonly Addressed[]> {
  const found: Addressed[] = []
  const pages = PAGES.filter(wanted)
  for (const reader of new Set(pages.map((page) => page.reader))) {
    const context = await openAs(reader, browser, origin)
    for (const page of pages.filter((each) => each.reader === reader)) {
      found.push({ name: page.name, reader, address: await find(page, context) })
    }
    await context.close()
  }
  return found
}
