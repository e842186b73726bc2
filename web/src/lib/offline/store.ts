import { type DBSchema, type IDBPDatabase, openDB } from 'idb'

/** Something that a person did here and that the platform has to hear of. */
export type Write = {
  /** Ours, made in the browser. */
  readonly id: string
  readonly person: string
  readonly kind: WriteKind
  /** What the person calls it: the lesson's title, the draft's first words. */
  readonly label: string
  /** The page that it belongs to. */
  readonly href: string
  readonly method: 'PUT' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body: unknown
  /** A later write with the same key takes the place of one that still waits. */
  readonly key: string
  /** Counts such replacements: what was sent is done with only if nothing newer has come. */
  readonly revision: number
  readonly state: 'waiting' | 'sent' | 'refused'
  readonly queuedAt: number
  readonly settledAt: number | null
  readonly attempts: number
  /** Not to be tried before, after the platform has asked for patience. */
  readonly notBefore: number
  /** The platform did not know who it was: it waits for its person to sign in. */
  readonly needsSignIn: boolean
  readonly refusal: Refusal | null
}

/** What the list of what waits calls it. */
export type WriteKind = 'progress' | 'draft'

/** As the platform's problem+json says it. */
export type Refusal = { readonly status: number; readonly code: string; readonly detail: string }

export type SavedLesson = {
  readonly href: string
  readonly person: string
  readonly lessonId: string
  readonly title: string
  readonly moduleId: string
  readonly moduleTitle: string
  readonly programTitle: string
  readonly savedAt: number
  readonly bytes: number
  /** The release whose parts were kept with it. */
  readonly version: string
}

interface Offline extends DBSchema {
  writes: { key: string; value: Write }
  saved: { key: string; value: SavedLesson }
  /** Whose all this is; and, once somebody has met a page for nobody, that it waits for its owner to come back. */
  owner: { key: 'owner' | 'aside'; value: string }
}

let opened: Promise<IDBPDatabase<Offline>> | undefined

/** The browser's own database, shared by all tabs and the service worker. */
export function store(): Promise<IDBPDatabase<Offline>> {
  opened ??= openDB<Offline>('offline', 1, {
    upgrade(database) {
      database.createObjectStore('writes', { keyPath: 'id' })
      database.createObjectStore('saved', { keyPath: 'href' })
      database.createObjectStore('owner')
    },
    // A newer page wants to change the schema: let it, and open anew when something is asked.
    blocking: (_from, _to, event) => {
      ;(event.target as IDBDatabase).close()
      opened = undefined
    },
    terminated: () => {
      opened = undefined
    },
  }).catch((error: unknown) => {
    opened = undefined
    throw error
  })
  return opened
}
