import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { testPassword } from './factories.ts'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** A real browser: that of CHROMIUM_PATH, or Debian's; undefined where there is none. */
export const browserPath: string | undefined = [process.env.CHROMIUM_PATH ?? '', ...PLACES].find(
  (path) => path !== '' && existsSync(path),
)

/** For `describe`: browser tests are left out only where there is no browser, which a build machine takes for a failure. */
export const withBrowser = browserPath === undefined ? { skip: 'no Chromium (CHROMIUM_PATH)' } : {}

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
]

export function openBrowser(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: browserPath ?? '', args: [...QUIET, ...args] })
}

export const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } as const

/**
 * A page of a browser of its own, at `origin`, in English unless said otherwise. What the page throws, what its policy
 * refuses and whatever it asks of another site is kept in `complaints`: a test ends with `assert.deepEqual([], complaints)`.
 */
export async function openPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({ ...PHONE, baseURL: origin, locale: 'en-GB', ...options })
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`threw: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy/.test(message.text()))
      complaints.push(message.text())
  })
  context.on('request', (request) => {
    const url = new URL(request.url())
    if (/^https?:$/.test(url.protocol) && url.origin !== origin) complaints.push(`asked ${url.origin}`)
  })
  return { page, complaints }
}

/** Signs in as a person would, and ends on the settings. */
export async function signInByForm(page: Page, login: string): Promise<void> {
  await page.goto('/sign-in?return_to=/settings')
  await page.getByLabel('E-mail address or username').fill(login)
  await page.getByLabel('Password').fill(testPassword)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL((url) => url.pathname === '/settings')
  // The address changes before the page does: what is typed at once would be typed into fields that are not filled yet.
  await page.getByRole('heading', { name: 'Settings', exact: true }).waitFor()
}
