import { version } from '$app/env'
import { self } from '$app/service-worker'
import { flush } from '../lib/offline/flush.ts'
import { SYNC_TAG } from '../lib/offline/sync-tag.ts'
import { freshOrKept } from './kept.ts'
import { moved, openPath, type SubscriptionChange, showPush } from './push.ts'
import { OFFLINE_PAGES } from './shell.ts'

/**
 * Keeps what every page needs, so that a visit without a network shows something true: a page that says so. Pages come
 * from the network first; parts with a hash in their name never change, so they come from the cache.
 */
const SHELL = `shell-${version}`

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((cache) => cache.addAll(OFFLINE_PAGES.map(asStranger)))
      .then(() => self.skipWaiting()),
  )
})

self.addEventListener('activate', (event) => {
  event.waitUntil(dropOldShells().then(() => self.clients.claim()))
})

/** Without whoever is signed in: the shell stays when they leave. */
function asStranger(path: string): Request {
  return new Request(path, { credentials: 'omit' })
}

async function dropOldShells(): Promise<void> {
  const names = await caches.keys()
  await Promise.all(
    names.filter((name) => name.startsWith('shell-') && name !== SHELL).map((name) => caches.delete(name)),
  )
}

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return
  if (url.pathname.startsWith('/_app/immutable/')) event.respondWith(fromCache(request))
  else if (request.mode === 'navigate') event.respondWith(pageOrOffline(request))
  else if (IS_SAVED.test(url.pathname)) event.respondWith(partOrError(request))
})

/** What is saved with a page beside its parts: its data, and pictures. */
const IS_SAVED = /\/__data\.json$|^\/media\//

async function partOrError(request: Request): Promise<Response> {
  return (await freshOrKept(request)) ?? Response.error()
}

/** The browser wakes us when the network is back, though no page is open; what is rejected it tries again. */
self.addEventListener('sync', (event) => {
  const sync = event as SyncEvent
  if (sync.tag === SYNC_TAG) sync.waitUntil(sendAll())
})

/** Of Background Sync, which not every browser has, nor TypeScript. */
type SyncEvent = ExtendableEvent & { readonly tag: string }

async function sendAll(): Promise<void> {
  if ((await flush()) !== null) throw new Error('Something still waits')
}

async function fromCache(request: Request): Promise<Response> {
  const kept = await caches.match(request)
  if (kept) return kept
  const response = await fetch(request)
  if (response.ok) {
    const cache = await caches.open(SHELL)
    await cache.put(request, response.clone())
  }
  return response
}

async function pageOrOffline(request: Request): Promise<Response> {
  const page = await freshOrKept(request)
  if (page) return page
  const [, first = ''] = new URL(request.url).pathname.split('/')
  const shell = first === 'sw' || first === 'fr' ? `/${first}/offline-shell` : '/offline-shell'
  return (await caches.match(shell)) ?? Response.error()
}

self.addEventListener('push', (event) => event.waitUntil(showPush(event.data)))
self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(openPath(event.notification.data))
})
self.addEventListener('pushsubscriptionchange', (event) => {
  const change = event as ExtendableEvent & SubscriptionChange
  change.waitUntil(moved(change))
})
