import { version } from '$app/env'
import { announce } from './changes.ts'
import { cacheOf, owner } from './owner.ts'
import { type SavedLesson, store } from './store.ts'

export type LessonToSave = Omit<SavedLesson, 'person' | 'savedAt' | 'bytes' | 'version'>

/** Why a lesson could not be saved: it is not open, the browser is full, the network is away. */
export class NotSaved extends Error {
  readonly reason: 'refused' | 'full' | 'unreachable'

  constructor(reason: NotSaved['reason']) {
    super(reason)
    this.reason = reason
  }
}

/** Keeps a lesson's page, its data and all that it needs to run, under its person's name. */
export async function saveLesson(lesson: LessonToSave): Promise<void> {
  const person = await owner()
  if (person === undefined) throw new NotSaved('refused')
  try {
    const bytes = await keepPage(await cacheOf(person), lesson.href, { withData: true })
    await (await store()).put('saved', { ...lesson, person, savedAt: Date.now(), bytes, version })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'QuotaExceededError') throw new NotSaved('full')
    throw error
  }
  announce()
}

/** Saves those again that have aged, or that were saved with parts of an older release. */
export async function refresh(lessons: readonly LessonToSave[]): Promise<void> {
  const saved = new Map((await savedLessons()).map((lesson) => [lesson.href, lesson]))
  for (const lesson of lessons) {
    const before = saved.get(lesson.href)
    if (before && (before.version !== version || Date.now() - before.savedAt > DAY_MS))
      await saveLesson(lesson)
  }
}

const DAY_MS = 86_400_000

/** Keeps the page that lists what is on this device, so that it opens without a network. */
export async function keepList(href: string): Promise<void> {
  const person = await owner()
  if (person === undefined) return
  const cache = await cacheOf(person)
  const kept = await cache.match(href)
  if (kept?.headers.get(VERSION_HEADER) !== version) await keepPage(cache, href, { withData: false })
}

const VERSION_HEADER = 'x-kept-of'

async function keepPage(
  cache: Cache,
  href: string,
  { withData }: { readonly withData: boolean },
): Promise<number> {
  const page = await load(href)
  const html = await page.text()
  let bytes = html.length
  const headers = new Headers(page.headers)
  headers.set(VERSION_HEADER, version)
  // What it needs first: a page that is kept is one that runs.
  for (const asset of assetsIn(html, href)) {
    if (await cache.match(asset)) continue
    const response = await fetch(asset).catch(() => undefined)
    if (!response || response.status >= 500) throw new NotSaved('unreachable')
    // A picture that has gone meanwhile keeps nobody from the text.
    if (!response.ok) continue
    bytes += (await response.clone().blob()).size
    await cache.put(asset, response)
  }
  if (withData) {
    const data = await load(dataOf(href))
    bytes += (await data.clone().blob()).size
    await cache.put(dataOf(href), data)
  }
  await cache.put(href, new Response(html, { headers }))
  return bytes
}

export async function savedLessons(): Promise<SavedLesson[]> {
  const all = await (await store()).getAll('saved')
  return all.sort((a, b) => b.savedAt - a.savedAt)
}

export async function removeLesson(href: string): Promise<void> {
  const database = await store()
  const lesson = await database.get('saved', href)
  if (!lesson) return
  const cache = await cacheOf(lesson.person)
  await Promise.all([cache.delete(href), cache.delete(dataOf(href)), database.delete('saved', href)])
  announce()
}

async function load(address: string): Promise<Response> {
  const response = await fetch(address, { credentials: 'same-origin' }).catch(() => undefined)
  if (!response || response.status >= 500) throw new NotSaved('unreachable')
  // Redirected: to a sign-in page, which is not what was to be kept.
  if (!response.ok || response.redirected) throw new NotSaved('refused')
  return response
}

/** Where SvelteKit asks for a page's data when it goes there without loading it anew. */
function dataOf(href: string): string {
  return `${href}/__data.json`
}

/**
 * Scripts, styles and pictures of a page, of this site alone; and what the page that we are on has loaded since: parts
 * that a page fetches when it needs them are named nowhere else.
 */
function assetsIn(html: string, href: string): string[] {
  const named = [...html.matchAll(/(?:href|src)="([^"]+)"|import\("([^"]+)"\)/g)].map(
    ([, linked, imported]) => linked ?? imported ?? '',
  )
  const loaded = performance.getEntriesByType('resource').map(({ name }) => name)
  const base = new URL(href, location.href)
  const addresses = [...named, ...loaded]
    .filter((address) => URL.canParse(address, base))
    .map((address) => new URL(address, base))
  const own = addresses.filter(
    ({ origin, pathname }) => origin === location.origin && IS_ASSET.test(pathname),
  )
  return [...new Set(own.map(({ pathname }) => pathname))]
}

const IS_ASSET = /^\/(_app|media)\//
