import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { demo } from '../../src/ops/demo.ts'
import { openBrowser, withBrowser } from '../../src/testing/browser.ts'
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts'
import { violations } from '../../src/testing/pages/axe.ts'
import { firstVisit } from '../../src/testing/pages/bytes.ts'
import { chosen, PAGES } from '../../src/testing/pages/list.ts'
import { eachPage, visit } from '../../src/testing/pages/visit.ts'
import { startSite, type TestSite } from '../../src/testing/site.ts'

const WIDTHS = [320, 360, 768, 1280]
/** What is looked at by axe here; the benchmark looks at every page in every language. */
const SEEN_BY_AXE = ['home', 'sign-in', 'programs', 'community']

describe('every page of the web application', withBrowser, () => {
  let database: TestDatabase
  let site: TestSite
  let browser: Browser
  before(async () => {
    database = await createTestDatabase()
    await demo.loadIfEmpty(database)
    site = await startSite(database, { env: { RATE_LIMITS: 'off' } })
    browser = await openBrowser()
  })
  after(async () => {
    await browser.close()
    await site.close()
    await database.close()
  })

  test('costs a first visit to the home page at most 60 KB', async () => {
    const { bytes, files } = await firstVisit(browser, `${site.origin}/`)
    assert.ok(
      bytes <= 60_000,
      `${bytes} bytes:\n${files.map((file) => `${file.bytes} ${file.url}`).join('\n')}`,
    )
  })

  test('has nothing that axe finds, in light and dark', async () => {
    const found: string[] = []
    const pages = PAGES.filter(({ name }) => SEEN_BY_AXE.includes(name))
    await eachPage(pages, browser, site.origin, async (page, address, context) => {
      const tab = await context.newPage()
      await visit(tab, address)
      for (const colorScheme of ['light', 'dark'] as const) {
        await tab.emulateMedia({ colorScheme })
        for (const { rule, target, why } of await violations(tab))
          found.push(`${page.name}, ${colorScheme}: ${rule} at ${target}: ${why}`)
      }
      await tab.close()
    })
    assert.deepEqual(found, [])
  })

  test('fits into 320, 360, 768 and 1280 pixels, whatever people call themselves and their work', async () => {
    await lengthenNames(database)
    const wide: string[] = []
    await eachPage(chosen([]), browser, site.origin, async (page, address, context) => {
      const tab = await context.newPage()
      await tab.goto(address)
      for (const width of WIDTHS) {
        await tab.setViewportSize({ width, height: 740 })
        for (const what of await tab.evaluate<string[]>(STICKING_OUT))
          wide.push(`${page.name} at ${width}: ${what}`)
      }
      await tab.close()
    })
    assert.deepEqual(wide, [])
  })
})

/** Names without a space, and titles with a word that no line holds. */
async function lengthenNames({ owner }: TestDatabase): Promise<void> {
  await owner.query(`
    UPDATE users SET full_name = repeat('Mwanaisha', 11);
    UPDATE user_profiles SET brand_name = repeat('Ubunifu', 12), tagline = repeat('Kazi', 30);
    UPDATE programs SET title = 'Uwajibikaji' || repeat('wakibiashara', 7) || ' na ' || repeat('maana ', 10);
    UPDATE events SET title = repeat('Mkutano', 20);
    UPDATE posts SET title = repeat('Habari', 20), content = repeat('https://example.com/', 30);
    UPDATE lessons SET title = repeat('Somo', 25);
    UPDATE modules SET title = repeat('Sehemu', 20);
    UPDATE partners SET organization_name = repeat('Shirika', 20);
    UPDATE tags SET name = repeat(name, 2)`)
}

/** Empty when the page is not wider than its window; else the innermost elements that stick out. */
const STICKING_OUT = `(() => {
  const width = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth <= width) return []
  const out = [...document.body.querySelectorAll('*')].filter((each) => each.getBoundingClientRect().right > width + 1)
  const innermost = out.filter((each) => !out.some((other) => other !== each && each.contains(other)))
  return innermost.slice(0, 5).map((each) => each.outerHTML.slice(0, 120))
})()`
