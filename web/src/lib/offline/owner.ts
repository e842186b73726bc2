import { forgetPush } from '../push/here.ts'
import { OF_A_PERSON } from './cache-name.ts'
import { announce } from './changes.ts'
import { store } from './store.ts'

export function cacheOf(person: string): Promise<Cache> {
  return caches.open(`${OF_A_PERSON}${person}`)
}

/** Whose the queue and the saved lessons are; undefined when there are none. */
export async function owner(): Promise<string | undefined> {
  return (await store()).get('owner', 'owner')
}

/** Whose page this is. Another tab may have let somebody else in since it was loaded. */
let ours: string | undefined

/** Whose a write of this page is; undefined when what is kept here is no longer that person's. */
export async function writer(): Promise<string | undefined> {
  const now = await owner()
  return now === ours ? now : undefined
}

/** Whether this page is still that of who is here; also while it is this page itself that they leave by. */
export async function isOurs(person: string): Promise<boolean> {
  return ours !== person || (await owner()) === person
}

/** Says who is signed in here. What somebody else has left in this browser is wiped first: phones are shared. */
export async function claim(person: string): Promise<void> {
  if ((await owner()) !== person) {
    await wipe()
    await (await store()).put('owner', person, 'owner')
  }
  ours = person
  await (await store()).delete('owner', 'aside')
}

/**
 * Nobody is signed in any more: until the owner is back, and says so by `claim`, no page of theirs is shown. Whoever signs in
 * next on a slow network would be handed it.
 */
export async function setAside(): Promise<void> {
  if ((await owner()) !== undefined) await (await store()).put('owner', 'yes', 'aside')
}

/** Removes the queue, the saved lessons and whatever else was kept of a person in this browser. */
export async function wipe(): Promise<void> {
  forgetDrafts()
  // Whether the push service can be reached is no reason to keep anything else.
  void forgetPush().catch(() => undefined)
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name.startsWith(OF_A_PERSON)).map((name) => caches.delete(name)))
  ours = undefined
  const database = await store()
  const tx = database.transaction(['writes', 'saved', 'owner'], 'readwrite')
  await Promise.all([
    tx.objectStore('writes').clear(),
    tx.objectStore('saved').clear(),
    tx.objectStore('owner').clear(),
    tx.done,
  ])
  announce()
}

function forgetDrafts(): void {
  for (const key of draftsHere()) localStorage.removeItem(key)
}

/** The names of what somebody has begun to write here. The service worker has no such storage; pages do. */
export function draftsHere(): string[] {
  if (typeof localStorage === 'undefined') return []
  return Object.keys(localStorage).filter((key) => key.startsWith('draft:'))
}

/** What a person kept that answers this request, whatever the address's query says of what the page has already. */
export async function kept(request: Request): Promise<Response | undefined> {
  if ((await (await store()).get('owner', 'aside')) !== undefined) return undefined
  for (const name of await caches.keys()) {
    if (!name.startsWith(OF_A_PERSON)) continue
    const found = await (await caches.open(name)).match(request, { ignoreSearch: true, ignoreVary: true })
    if (found) return found
  }
  return undefined
}
