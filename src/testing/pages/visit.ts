import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { DEMO_PASSWORD } from '../../ops/demo/mark.ts'
import { addressOf, type ListedPage, type Reader } from './list.ts'

export const SIZES = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 800 } } as const
export const LOCALES = ['en', 'sw', 'fr'] as const
export type Locale = (typeof LOCALES)[number]

/** Without the service worker: what it keeps and fetches would be in every measure. */
const PLAIN = {
  viewport: SIZES.phone,
  locale: 'en-GB',
  reducedMotion: 'reduce',
  serviceWorkers: 'block',
} as const

/** A browser of one reader of the demo world, signed in if they are somebody. */
export async function openAs(
  reader: Reader,
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({ ...PLAIN, baseURL: origin, ...options })
  context.setDefaultTimeout(30_000)
  if (reader === 'stranger') return context
  const reply = await context.request.post('/api/v1/auth/login', {
    data: { username: reader, password: DEMO_PASSWORD },
    headers: { origin },
  })
  if (!reply.ok()) throw new Error(`${reader} cannot sign in: ${reply.status()} ${await reply.text()}`)
  return context
}

/** The address of a page as its reader finds it. Needs the reader's browser. */
export function find(page: ListedPage, { request }: BrowserContext): Promise<string> {
  return addressOf(page, async <T>(path: string) => {
    const reply = await request.get(path)
    if (!reply.ok()) throw new Error(`${page.name}: ${path} answers ${reply.status()}`)
    return (await reply.json()) as T
  })
}

/**
 * Opens it in a language, whatever the browser was in before, and waits until it is quiet. Throws when it is refused, or
 * when another language comes: that is not the page.
 */
export async function visit(tab: Page, address: string, locale: Locale): Promise<void> {
  await tab.context().clearCookies({ name: 'lang' }) // It would lead from the root to the language of before.
  const path = locale === 'en' ? address : `/${locale}${address === '/' ? '' : address}`
  const response = await tab.goto(path, { waitUntil: 'load' })
  if (!response?.ok()) throw new Error(`${path} answers ${response?.status()}`)
  const language = await tab.evaluate<string>('document.documentElement.lang')
  if (language !== locale) throw new Error(`${path} is in ${language}`)
  await tab.waitForLoadState('networkidle')
}

/** Works through pages with one browser a reader, in the order of the list. */
export async function eachPage(
  pages: readonly ListedPage[],
  browser: Browser,
  origin: string,
  work: (page: ListedPage, address: string, context: BrowserContext) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  for (const reader of new Set(pages.map((page) => page.reader))) {
    const context = await openAs(reader, browser, origin, options)
    try {
      for (const page of pages.filter((each) => each.reader === reader)) {
        await work(page, await find(page, context), context)
      }
    } finally {
      await context.close()
    }
  }
}
