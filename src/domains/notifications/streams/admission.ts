import { AppError } from '../../../platform/errors.ts'
import { type EndReason, gather, type Hub } from '../../../platform/realtime/index.ts'
import type { Services } from '../../../platform/services.ts'
import { type SessionStanding, standingOfSessions } from '../../identity/index.ts'
import type { Viewer, ViewerStream } from './viewer.ts'

export type Admission = {
  enter(stream: ViewerStream): void
  /** By the rows, soon: for those of these sessions that have streams here. */
  review(sessionIds: Iterable<string>): void
  leave(stream: ViewerStream): void
  close(): Promise<void>
}

const BATCH = 500
const LOOK_MS = 1000
/** What begins or ends later than this is found by the beats that come before it. */
const SOON_MS = 60_000

/**
 * Whether who was let in may stay. What the route said when they came it is asked again every second, which costs no look
 * at anything (maintenance); the session's row is asked when a process says that it ended or changed, with every beat,
 * and at the second at which a role or the session itself ends.
 */
export function admission(services: Services, hub: () => Hub<Viewer>): Admission {
  const sessions = new Map<string, Set<ViewerStream>>()
  const reviews = gather<string>({
    size: BATCH,
    flights: 1,
    async work(ids) {
      const standing = await standingOfSessions(services, ids)
      for (const id of ids) {
        for (const stream of [...(sessions.get(id) ?? [])]) judge(stream, standing.get(id))
        rememberEnd(id, standing.get(id))
      }
    },
    onFailure: (error) => services.log.warn({ err: error }, 'sessions of streams could not be looked at'),
  })
  const timers = new Map<string, NodeJS.Timeout>()
  const timer = setInterval(() => {
    for (const stream of hub()) askRoute(stream)
  }, LOOK_MS).unref()

  function judge(stream: ViewerStream, now: SessionStanding | undefined): void {
    if (!now) end(stream, 'session_ended')
    else if (rolesOf(now.actor) !== rolesOf(stream.state.actor)) end(stream, 'access_changed')
    else askRoute(stream)
  }

  function askRoute(stream: ViewerStream): void {
    const refusal = stream.state.judge(stream.state.actor)
    if (refusal) end(stream, isMaintenance(refusal) ? 'maintenance' : 'access_changed')
  }

  function end(stream: ViewerStream, reason: EndReason): void {
    hub().end(stream, reason)
  }

  function rememberEnd(id: string, now: SessionStanding | undefined): void {
    clearTimeout(timers.get(id))
    timers.delete(id)
    const wait = (now?.changesAt ?? Number.POSITIVE_INFINITY) - services.clock.now().getTime()
    if (wait > SOON_MS || !sessions.has(id)) return
    timers.set(id, setTimeout(() => reviews.add(id), Math.max(0, wait)).unref())
  }

  return {
    enter(stream) {
      const { sessionId } = stream.state.actor
      sessions.set(sessionId, (sessions.get(sessionId) ?? new Set()).add(stream))
      // Between the guard's answer and this moment it may have ended, and nobody would tell.
      reviews.add(sessionId)
    },
    review(ids) {
      for (const id of ids) if (sessions.has(id)) reviews.add(id)
    },
    leave(stream) {
      const { sessionId } = stream.state.actor
      const left = sessions.get(sessionId)
      left?.delete(stream)
      if (left?.size !== 0) return
      sessions.delete(sessionId)
      clearTimeout(timers.get(sessionId))
      timers.delete(sessionId)
    },
    async close() {
      clearInterval(timer)
      for (const one of timers.values()) clearTimeout(one)
      await reviews.close()
    },
  }
}

function isMaintenance(refusal: Error): boolean {
  return refusal instanceof AppError && refusal.code === 'platform.maintenance'
}

function rolesOf({ roles }: { readonly roles: readonly string[] }): string {
  return [...roles].sort().join()
}
