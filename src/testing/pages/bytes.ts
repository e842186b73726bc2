import { get } from 'node:http'
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core'

export type Transfer = {
  /** As they came over the wire, heads included. */
  readonly bytes: number
  readonly files: readonly { readonly url: string; readonly bytes: number }[]
}

/** What a stranger's empty browser transfers until the page is quiet, without photos and without the service worker. */
export async function firstVisit(browser: Browser, url: string): Promise<Transfer> {
  const context = await browser.newContext({ serviceWorkers: 'block', locale: 'en-GB', isMobile: true })
  try {
    const { tab, counted } = await countingTab(context)
    await arrive(tab, url)
    return counted()
  } finally {
    await context.close()
  }
}

/** The scripts that come when a control of the page is first used, beside the first visit. */
export async function scripts(browser: Browser, url: string): Promise<Transfer> {
  const context = await browser.newContext({ serviceWorkers: 'block', locale: 'en-GB', isMobile: true })
  try {
    const { tab, counted } = await countingTab(context)
    await arrive(tab, url)
    const before = counted()
    await tab.locator('input, select, textarea, button').first().dispatchEvent('focusin')
    await tab.waitForLoadState('networkidle')
    await tab.waitForTimeout(500)
    return since(before, counted())
  } finally {
    await context.close()
  }
}

function since(before: Transfer, now: Transfer): Transfer {
  return { bytes: now.bytes - before.bytes, files: now.files.slice(before.files.length) }
}

/** What is transferred when, from one page, another is gone to by a link. */
export async function secondPage(browser: Browser, from: string, to: string): Promise<Transfer> {
  const context = await browser.newContext({ serviceWorkers: 'block', locale: 'en-GB', isMobile: true })
  try {
    const { tab, counted } = await countingTab(context)
    await arrive(tab, from)
    const before = counted()
    await follow(tab, to)
    return since(before, counted())
  } finally {
    await context.close()
  }
}

/** What the service worker fetches ahead, itself included, as a browser would transfer it. */
export async function precache(browser: Browser, origin: string): Promise<Transfer> {
  const context = await browser.newContext({ serviceWorkers: 'allow', locale: 'en-GB' })
  try {
    const tab = await context.newPage()
    await tab.goto(origin, { waitUntil: 'load' })
    const kept = await tab.evaluate<string[]>(KEPT)
    const files = []
    for (const url of [`${origin}/service-worker.js`, ...kept])
      files.push({ url, bytes: await transferOf(url) })
    return { bytes: files.reduce((sum, file) => sum + file.bytes, 0), files }
  } finally {
    await context.close()
  }
}

/** The addresses in its caches as soon as it is there, before a page has used it. */
const KEPT = `navigator.serviceWorker.ready.then(async () => {
  const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)))
  return (await Promise.all(caches_.map((cache) => cache.keys()))).flat().map(({ url }) => url)
})`

/** Head and body of one answer. */
function transferOf(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'accept-encoding': 'gzip, deflate, br', accept: '*/*' }
    get(url, { headers, agent: false }, (reply) => {
      const { socket } = reply
      reply.resume()
      reply.once('end', () => resolve(socket.bytesRead))
    }).once('error', reject)
  })
}

/** With its icon and manifest, which a browser without a window does not ask for. */
async function arrive(tab: Page, url: string): Promise<void> {
  await tab.goto(url, { waitUntil: 'load' })
  await tab.evaluate(
    `Promise.all([...document.querySelectorAll('link[rel=icon], link[rel=manifest]')].map((link) => fetch(link.href, { cache: 'force-cache' })))`,
  )
  await tab.waitForLoadState('networkidle')
}

/** As by a link on the page: the application's own navigation where there is one. */
async function follow(tab: Page, to: string): Promise<void> {
  const from = tab.url()
  await tab.evaluate(`(() => {
    const link = document.createElement('a')
    link.href = ${JSON.stringify(to)}
    document.querySelector('main').append(link)
    link.click()
  })()`)
  // Some lead on at once: a second factor without a first one.
  await tab.waitForURL((url) => url.href !== from)
  await tab.waitForLoadState('networkidle')
  await tab.waitForTimeout(300)
}

async function countingTab(context: BrowserContext): Promise<{ tab: Page; counted: () => Transfer }> {
  const tab = await context.newPage()
  const wire = await context.newCDPSession(tab)
  const files = await listen(wire)
  const counted = () => {
    const kept = [...files.values()].filter(({ url, bytes }) => bytes > 0 && !isPhoto(url))
    return { bytes: kept.reduce((sum, file) => sum + file.bytes, 0), files: kept }
  }
  return { tab, counted }
}

async function listen(wire: CDPSession): Promise<Map<string, { url: string; bytes: number }>> {
  const files = new Map<string, { url: string; bytes: number }>()
  await wire.send('Network.enable')
  wire.on('Network.requestWillBeSent', ({ requestId, request }) => {
    if (/^https?:/.test(request.url)) files.set(requestId, { url: request.url, bytes: 0 })
  })
  wire.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const file = files.get(requestId)
    if (file) files.set(requestId, { ...file, bytes: encodedDataLength })
  })
  return files
}

/** What people have uploaded. The application's own pictures count. */
function isPhoto(url: string): boolean {
  return new URL(url).pathname.startsWith('/media/')
}
