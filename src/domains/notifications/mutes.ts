import type { Static } from 'typebox'
import type { Actor } from '../../platform/actor.ts'
import { conflict } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { MUTED_THREADS, muteThread, unmuteThread } from './queries/mutes.ts'
import type { Registry } from './registry.ts'
import { readerOf, render, type Stored } from './rendering.ts'
import type { Mutes } from './schemas.ts'

const MOST = 1000

type Found = {
  readonly items: readonly {
    readonly thread_key: string
    readonly muted_at: string
    readonly latest: Stored | null
  }[]
  readonly language: string | null
  readonly timezone: string | null
}

/** The threads of which the actor wants to hear no more, each with its newest; the newest two hundred. */
export async function readMutes(
  services: Services,
  registry: Registry,
  actor: Actor,
): Promise<Static<typeof Mutes>> {
  const { items, language, timezone }: Found = JSON.parse(
    (await services.db.textAs(actor, MUTED_THREADS, [])) ?? '',
  )
  const reader = readerOf(language, timezone)
  const known = items.flatMap(({ latest }) => (latest ? [{ stored: latest, reader }] : []))
  const rendered = new Map((await render(services, registry, known)).map((item) => [item.thread_key, item]))
  return {
    items: items.map(({ thread_key, muted_at }) => {
      return { thread_key, muted_at, latest: rendered.get(thread_key) ?? null }
    }),
  }
}

/** Nothing of it comes any more, by no way. 409 `notification_mute.too_many`. */
export function mute({ db }: Services, actor: Actor, threadKey: string): Promise<void> {
  return db.transaction(actor, async (tx) => {
    if (!(await muteThread(tx, threadKey, MOST)))
      throw conflict('notification_mute.too_many', `One may mute ${MOST} threads; take some back first.`)
  })
}

export function unmute({ db }: Services, actor: Actor, threadKey: string): Promise<void> {
  return db.transaction(actor, (tx) => unmuteThread(tx, threadKey))
}
