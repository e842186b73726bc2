import type { Browser, Page } from 'playwright-core'
import { type Violation, violations } from '../../src/testing/pages/axe.ts'
import { PAGES } from '../../src/testing/pages/list.ts'
import { eachPage, LOCALES, SIZES, visit } from '../../src/testing/pages/visit.ts'
import type { Measured } from './measure.ts'

type Found = Violation & { readonly page: string }

/** What axe finds, its best practices included, on every page, as phone and desktop show it, in both themes and three languages. */
export async function axe(browser: Browser, origin: string): Promise<Measured> {
  const found: Found[] = []
  let looks = 0
  await eachPage(PAGES, browser, origin, async (page, address, context) => {
    const tab = await context.newPage()
    for (const locale of LOCALES) {
      await visit(tab, address, locale)
      for (const [where, all] of await look(tab)) {
        looks++
        found.push(...all.map((each) => ({ page: `${page.name}, ${locale}, ${where}`, ...each })))
      }
    }
    await tab.close()
  })
  return {
    lines: [
      {
        what: `axe on ${PAGES.length} pages, ${looks} looks`,
        limit: '0 violations',
        measured: `${found.length} violations`,
        pass: found.length === 0,
      },
    ],
    detail: { looks, violations: found },
  }
}

async function look(tab: Page): Promise<readonly [where: string, found: readonly Violation[]][]> {
  const seen: [string, readonly Violation[]][] = []
  for (const size of ['phone', 'desktop'] as const) {
    await tab.setViewportSize(SIZES[size])
    for (const colorScheme of ['light', 'dark'] as const) {
      await tab.emulateMedia({ colorScheme })
      seen.push([`${size}, ${colorScheme}`, await violations(tab)])
    }
  }
  return seen
}
