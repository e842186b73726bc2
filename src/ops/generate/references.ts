import { type CopyRows, idKind, idText } from './copy-rows.ts'
import { projectTime } from './world/community.ts'
import { MODULES, PROGRAM_LESSONS } from './world/courses.ts'
import type { World } from './world.ts'

/** Writers of ids, for the row itself and for those who point to it: an id is made from the row's number and its time. */
export function references(world: World) {
  const {
    seed,
    calendar,
    people,
    courses,
    learning,
    community,
    gatherings,
    coaching,
    memberships,
    organisations,
  } = world
  const kind = (name: string) => idKind(seed, name)
  const kinds = {
    user: kind('user'),
    program: kind('program'),
    module: kind('module'),
    lesson: kind('lesson'),
    assessment: kind('assessment'),
    enrollment: kind('enrollment'),
    post: kind('post'),
    comment: kind('comment'),
    project: kind('project'),
    event: kind('event'),
    ticket: kind('ticket'),
    registration: kind('registration'),
    session: kind('session'),
    membership: kind('membership'),
    partner: kind('partner'),
    cohort: kind('cohort'),
    tag: kind('tag'),
  }
  const payments = {
    course: kind('payment.course'),
    event: kind('payment.event'),
    coaching: kind('payment.coaching'),
    subscription: kind('payment.subscription'),
  }
  const { start } = calendar
  const projectStart = projectTime(world)
  return {
    user: (rows: CopyRows, person: number) => rows.id(kinds.user, person, people.joined[person]!),
    program: (rows: CopyRows, p: number) => rows.id(kinds.program, p, courses.created[p]!),
    programText: (p: number) => idText(kinds.program, p, courses.created[p]!),
    /** `m` counts through all programs. */
    module: (rows: CopyRows, m: number) =>
      rows.id(kinds.module, m, courses.created[Math.floor(m / MODULES)]!),
    /** `l` counts through all programs. */
    lesson: (rows: CopyRows, l: number) =>
      rows.id(kinds.lesson, l, courses.created[Math.floor(l / PROGRAM_LESSONS)]!),
    assessment: (rows: CopyRows, l: number) =>
      rows.id(kinds.assessment, l, courses.created[Math.floor(l / PROGRAM_LESSONS)]!),
    enrollment: (rows: CopyRows, e: number) => rows.id(kinds.enrollment, e, learning.at[e]!),
    post: (rows: CopyRows, p: number) => rows.id(kinds.post, p, community.at[p]!),
    comment: (rows: CopyRows, c: number, at: number) => rows.id(kinds.comment, c, at),
    project: (rows: CopyRows, p: number) => rows.id(kinds.project, p, projectStart(p)),
    event: (rows: CopyRows, e: number) => rows.id(kinds.event, e, gatherings.published[e]!),
    /** `t` is event * 2 + ticket. */
    ticket: (rows: CopyRows, t: number) => rows.id(kinds.ticket, t, gatherings.published[t >> 1]!),
    registration: (rows: CopyRows, r: number) => rows.id(kinds.registration, r, gatherings.registered[r]!),
    session: (rows: CopyRows, s: number) => rows.id(kinds.session, s, coaching.booked[s]!),
    membership: (rows: CopyRows, m: number) => rows.id(kinds.membership, m, memberships.started[m]!),
    partner: (rows: CopyRows, p: number) => rows.id(kinds.partner, p, start + p * 1000),
    cohort: (rows: CopyRows, c: number) => rows.id(kinds.cohort, c, organisations.starts[c]!),
    tag: (rows: CopyRows, t: number) => rows.id(kinds.tag, t, start + t * 1000),
    /** A payment is known by what was paid. */
    payment: (rows: CopyRows, purpose: Purpose, index: number, at: number) =>
      rows.id(payments[purpose], index, at),
  }
}

export const PURPOSES = ['course', 'event', 'coaching', 'subscription'] as const
export type Purpose = (typeof PURPOSES)[number]
