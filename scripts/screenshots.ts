import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { BrowserContext, Page } from 'playwright-core'
import { openBrowser } from '../src/testing/browser.ts'
import { startDemoSite } from '../src/testing/pages/demo-site.ts'
import { chosen, type ListedPage } from '../src/testing/pages/list.ts'
import { eachPage, LOCALES, type Locale, SIZES, visit } from '../src/testing/pages/visit.ts'

/**
 * `npm run screenshots -- FOLDER [--only word,word] [--locales en,sw] [--url http://…]`: a picture of every page, as a
 * phone and a desktop show it, light and dark. Without `--url` the demo world is started for it. A page that fails is
 * told at the end, and the others are there.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: 'string' },
    only: { type: 'string', default: '' },
    locales: { type: 'string', default: 'en,sw' },
  },
})
const [folder] = positionals
const locales = values.locales.split(',').filter((word): word is Locale => LOCALES.some((l) => l === word))
const pages = chosen(values.only.split(',').filter(Boolean))
if (folder === undefined || locales.length === 0 || pages.length === 0) {
  process.stderr.write(
    "screenshots: expected FOLDER, --only a part of a page's name, --locales of en,sw,fr\n",
  )
  process.exit(1)
}
mkdirSync(folder, { recursive: true })
process.exitCode = (await photographAll(folder)).length === 0 ? 0 : 1

async function photographAll(into: string): Promise<readonly string[]> {
  const site = values.url === undefined ? await startDemoSite() : null
  const browser = await openBrowser()
  const failures: string[] = []
  try {
    await eachPage(pages, browser, site?.origin ?? values.url ?? '', async (page, address, context) => {
      await photograph(page, address, context, into).catch((error: Error) =>
        failures.push(`${page.name}: ${error.message.split('\n')[0]}`),
      )
      process.stdout.write(`${page.name} `)
    })
  } finally {
    await browser.close()
    await site?.stop()
  }
  process.stdout.write(`\n${[`in ${into}`, ...failures].join('\n')}\n`)
  return failures
}

async function photograph(page: ListedPage, address: string, context: BrowserContext, into: string) {
  const tab = await context.newPage()
  try {
    for (const locale of locales) {
      await tab.setViewportSize(SIZES.phone)
      await visit(tab, address, locale)
      for (const size of ['phone', 'desktop'] as const) {
        await stretch(tab, SIZES[size])
        for (const theme of ['light', 'dark'] as const) {
          await tab.emulateMedia({ colorScheme: theme })
          await tab.screenshot({ path: path.join(into, `${page.name}-${size}-${theme}-${locale}.png`) })
        }
      }
    }
  } finally {
    await tab.close()
  }
}

/** As high as the page: what keeps to the window's edges stands at the page's, and what loads when seen is loaded. */
async function stretch(tab: Page, size: { width: number; height: number }): Promise<void> {
  await tab.setViewportSize(size)
  const height = await tab.evaluate<number>('document.documentElement.scrollHeight')
  await tab.setViewportSize({ ...size, height: Math.min(Math.max(size.height, height), 12_000) })
  await tab.waitForLoadState('networkidle')
}
