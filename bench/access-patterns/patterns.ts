import { randomUUID } from 'node:crypto'
import { coachPage } from '../../src/domains/coaching/queries/directory.ts'
import { feedPage } from '../../src/domains/community/queries/posts.ts'
import { EVENT } from '../../src/domains/events/queries/event.ts'
import { ME } from '../../src/domains/home/queries.ts'
import { MODULE_LESSONS } from '../../src/domains/learning/queries/program.ts'
import { holdEnrollmentOfLesson, writeProgress } from '../../src/domains/learning/queries/progress.ts'
import { asSelf } from '../../src/platform/actor.ts'
import { filterDigest } from '../../src/platform/cursor.ts'
import type { LoadRequest } from '../load.ts'
import type { Bare } from './bare.ts'
import type { SPECIFICATION } from './specification.ts'
import type { Subjects } from './subjects.ts'

/** Bearer tokens by user id. */
export type Tokens = ReadonlyMap<string, string>

export type Pattern = {
  readonly name: keyof typeof SPECIFICATION
  /** (a) Values for the specification's statement. */
  specification(i: number): readonly unknown[]
  /** (b) Our statement from a bare process. */
  ours(db: Bare, i: number): Promise<unknown>
  /** (c), (d) The same through HTTP, each as a signed-in member. */
  readonly requests: readonly LoadRequest[]
  /** What caches may keep warm. */
  readonly cached: boolean
  readonly writes: boolean
}

const NEWEST = ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff']

/** P1-P5 and W2, each asking about the same people and things in (a) to (d). */
export function patterns(subjects: Subjects, tokens: Tokens): readonly Pattern[] {
  const { members, studies, categories, searches, events } = subjects
  const signedIn = (i: number) => bearer(tokens, pick(members, i).user_id)
  return [
    {
      name: 'P1',
      specification: (i) => [pick(members, i).user_id],
      ours: (db, i) => db.text(ME, [pick(members, i).user_id]),
      requests: members.map((_, i) => ({ path: '/api/v1/me', headers: signedIn(i) })),
      cached: true,
      writes: false,
    },
    {
      name: 'P2',
      specification: (i) => [pick(studies, i).user_id, pick(studies, i).module_id],
      ours: (db, i) => db.text(MODULE_LESSONS, [pick(studies, i).user_id, pick(studies, i).module_id]),
      requests: studies.map(({ user_id, module_id }) => ({
        path: `/api/v1/modules/${module_id}/lessons`,
        headers: bearer(tokens, user_id),
      })),
      cached: false, // a learner's own progress
      writes: false,
    },
    {
      name: 'P3',
      specification: (i) => [pick(categories, i)],
      ours: (db, i) => {
        const category = pick(categories, i)
        return db.text(feedPage(20, category), [...NEWEST, filterDigest({ category }), 20, category])
      },
      requests: members.map((_, i) => ({
        path: `/api/v1/posts?category=${pick(categories, i)}`,
        headers: signedIn(i),
      })),
      cached: true,
      writes: false,
    },
    {
      name: 'P4',
      specification: (i) => [JSON.stringify([pick(searches, i).skill]), pick(searches, i).country, 3],
      ours: (db, i) => {
        const filter = { ...pick(searches, i), min_rating: 3 }
        const first = { after: FIRST_COACH, digest: filterDigest(filter), show: 20 }
        const { statement, values } = coachPage(filter, first)
        return db.text(statement, values)
      },
      requests: searches.map(({ skill, country }, i) => ({
        path: `/api/v1/coaches?${new URLSearchParams({ skill, country, min_rating: '3' })}`,
        headers: signedIn(i),
      })),
      cached: true,
      writes: false,
    },
    {
      name: 'P5',
      specification: (i) => [pick(events, i).event_id],
      ours: (db, i) => db.text(EVENT, [pick(events, i).slug]),
      requests: events.map(({ slug }, i) => ({ path: `/api/v1/events/${slug}`, headers: signedIn(i) })),
      cached: true,
      writes: false,
    },
    {
      name: 'W2',
      specification: (i) => {
        const { user_id, lesson_id, enrollment_id } = pick(studies, i)
        return [user_id, lesson_id, enrollment_id, i % 100, 10]
      },
      ours: (db, i) => {
        const { user_id, lesson_id } = pick(studies, i)
        const report = {
          userId: user_id,
          lessonId: lesson_id,
          percent: i % 100,
          position: null,
          clientSessionId: SITTING,
          seconds: i % 3600,
        }
        return db.transaction(asSelf(user_id), async (tx) => {
          await Promise.all([holdEnrollmentOfLesson(tx, user_id, lesson_id), writeProgress(tx, report)])
        })
      },
      requests: studies.map(({ user_id, lesson_id }, i) => ({
        method: 'PUT',
        path: `/api/v1/lessons/${lesson_id}/progress`,
        headers: bearer(tokens, user_id),
        body: JSON.stringify({
          progress_percent: i % 100,
          client_session_id: SITTING,
          time_spent_seconds: i % 3600,
        }),
      })),
      cached: false,
      writes: true,
    },
  ]
}

const SITTING = randomUUID()
/** Before every coach in the directory's order. */
const FIRST_COACH = ['-6', '-2147483648', '00000000-0000-0000-0000-000000000000']

export function pick<T>(all: readonly T[], i: number): T {
  return all[i % all.length]!
}

function bearer(tokens: Tokens, userId: string): Record<string, string> {
  return { authorization: `Bearer ${tokens.get(userId)}` }
}
