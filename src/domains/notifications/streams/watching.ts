import type { Actor } from '../../../platform/actor.ts'
import { frameText, gather, type Watchable } from '../../../platform/realtime/index.ts'
import type { Services } from '../../../platform/services.ts'
import type { ViewerStream } from './viewer.ts'

export type Watching = {
  /** Notes what is on a stream's screen, as far as its person may follow it, and sends how it stands. */
  watch(stream: ViewerStream, subjects: readonly string[]): Promise<void>
  /** Looks at these again, for whoever follows them. */
  look(subjects: Iterable<string>): void
  /** Looks at everything that these follow again, and whether they still may. */
  review(streams: readonly ViewerStream[]): Promise<void>
  leave(stream: ViewerStream): void
  close(): Promise<void>
}

const BATCH = 500

export function watching(services: Services, watchables: readonly Watchable[]): Watching {
  const kinds = new Map(watchables.map((one) => [one.kind, one]))
  /** Who follows what. */
  const followers = new Map<string, Set<ViewerStream>>()
  const looks = gather<string>({
    size: BATCH,
    flights: 1,
    async work(subjects) {
      const followed = subjects.filter((subject) => followers.has(subject))
      const news = new Map<ViewerStream, [subject: string, text: string | null][]>()
      for (const [subject, text] of await textsOf(followed)) {
        for (const stream of followers.get(subject) ?? []) {
          if (stream.state.watched.get(subject) === text || stream.isBehind) continue
          stream.state.watched.set(subject, text)
          news.set(stream, [...(news.get(stream) ?? []), [subject, text]])
        }
      }
      for (const [stream, changes] of news) send(stream, changes)
    },
    onFailure: (error) => services.log.warn({ err: error }, 'figures on screens could not be looked at'),
  })

  async function textsOf(subjects: readonly string[]): Promise<(readonly [string, string | null])[]> {
    const found = await Promise.all(
      [...byKind(subjects)].map(async ([kind, ids]) => {
        const figures = await kinds.get(kind)!.figures(services, ids)
        return ids.map((id) => {
          const value = figures.get(id)
          return [`${kind}:${id}`, value === undefined ? null : JSON.stringify(value)] as const
        })
      }),
    )
    return found.flat()
  }

  async function allowedOf(actor: Actor, subjects: readonly string[]): Promise<string[]> {
    const found = await Promise.all(
      [...byKind(subjects)].map(async ([kind, ids]) => {
        const allowed = await kinds.get(kind)!.allowed(services, actor, ids)
        return allowed.map((id) => `${kind}:${id}`)
      }),
    )
    return found.flat()
  }

  function send(stream: ViewerStream, changes: readonly (readonly [string, string | null])[]): void {
    const events = Map.groupBy(changes, ([subject]) => kinds.get(kindOf(subject))!.event)
    for (const [event, some] of events) {
      const members = some.map(([subject, text]) => `${JSON.stringify(subject)}:${text ?? 'null'}`)
      stream.send(frameText({ event, data: `{${members.join(',')}}` }))
    }
  }

  function unfollow(stream: ViewerStream, subject: string): void {
    const left = followers.get(subject)
    left?.delete(stream)
    if (left?.size === 0) followers.delete(subject)
    stream.state.watched.delete(subject)
  }

  async function reviewOne(stream: ViewerStream): Promise<void> {
    const { actor, watched } = stream.state
    const subjects = [...watched.keys()]
    const allowed = new Set(await allowedOf(actor, subjects))
    const lost = subjects.filter((subject) => !allowed.has(subject))
    for (const subject of lost) unfollow(stream, subject)
    if (lost.length > 0)
      send(
        stream,
        lost.map((subject) => [subject, null]),
      )
    looks.add(...allowed)
  }

  return {
    async watch(stream, subjects) {
      const allowed = await allowedOf(stream.state.actor, subjects)
      // It may have gone while we asked.
      if (!stream.isOpen) return
      for (const subject of allowed) {
        followers.set(subject, (followers.get(subject) ?? new Set()).add(stream))
        stream.state.watched.set(subject, null)
      }
      looks.add(...allowed)
    },
    look(subjects) {
      for (const subject of subjects) if (followers.has(subject)) looks.add(subject)
    },
    async review(streams) {
      for (const stream of streams)
        if (stream.state.watched.size > 0 && stream.isOpen) await reviewOne(stream)
    },
    leave(stream) {
      for (const subject of [...stream.state.watched.keys()]) unfollow(stream, subject)
    },
    close: () => looks.close(),
  }
}

function byKind(subjects: readonly string[]): ReadonlyMap<string, string[]> {
  const ids = new Map<string, string[]>()
  for (const subject of subjects) {
    const kind = kindOf(subject)
    ids.set(kind, [...(ids.get(kind) ?? []), subject.slice(kind.length + 1)])
  }
  return ids
}

function kindOf(subject: string): string {
  return subject.slice(0, subject.indexOf(':'))
}
