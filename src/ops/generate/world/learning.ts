import { type Calendar, DAY, eveningOf, momentAfter } from '../calendar.ts'
import { pick, zipfLadder } from '../crowd.ts'
import { exponential, uniform } from '../draws.ts'
import { inTimeOrder, shared } from '../shared-arrays.ts'
import { type Courses, FREE, ONE_TIME, PROGRAM_LESSONS } from './courses.ts'
import type { People } from './people.ts'

/** Enrolments in the order in which they were made. */
export type Learning = {
  readonly count: number
  readonly person: Uint32Array
  readonly program: Uint32Array
  readonly at: Float64Array
  /** The first `completed` lessons of the program. */
  readonly completed: Uint8Array
  /** Percent of the lesson after those; 0: not begun. */
  readonly begun: Uint8Array
  /** Lessons at a sitting (low four bits) and days between sittings (high four bits). */
  readonly pace: Uint8Array
  readonly payment: Uint8Array
  /** 1: given up. */
  readonly dropped: Uint8Array
  readonly progressRows: number
}

export const PAYMENTS = ['free', 'one_time', 'subscription', 'scholarship'] as const
export const PAID = 1
const EACH = 4.5
const MOST = 24
const FINISHES = 0.12
const LOOKS_ONLY = 0.15
const LESSONS_MEAN = 6.6
const SITTING_MINUTE = 60_000

export function makeLearning(seed: number, people: People, courses: Courses, calendar: Calendar): Learning {
  const drawn = drawEnrollments(seed, people, courses, calendar)
  const learning = sortedByTime(drawn)
  const far = uniform(seed, 'learning.far')
  const length = exponential(seed, 'learning.length')
  const rest = uniform(seed, 'learning.begun')
  const pace = uniform(seed, 'learning.pace')
  const pays = uniform(seed, 'learning.payment')
  let progressRows = 0
  for (let e = 0; e < learning.count; e++) {
    learning.pace[e] = (1 + Math.floor(pace(e) * 4)) | ((1 + Math.floor(((pace(e) * 97) % 1) * 6)) << 4)
    const wanted =
      far(e) < FINISHES ? PROGRAM_LESSONS : far(e) > 1 - LOOKS_ONLY ? 0 : Math.floor(length(e) * LESSONS_MEAN)
    learning.completed[e] = lessonsUntil(learning, e, Math.min(wanted, PROGRAM_LESSONS), calendar.end)
    const open = learning.completed[e]! < PROGRAM_LESSONS && rest(e) < 0.5
    const inTime = lessonTime(learning, e, learning.completed[e]!) < calendar.end
    learning.begun[e] = open && inTime ? 5 + Math.floor(rest(e) * 180) : 0
    learning.payment[e] = paymentOf(courses.pricing[learning.program[e]!]!, pays(e))
    learning.dropped[e] = learning.completed[e]! < PROGRAM_LESSONS && pays(e) > 0.96 ? 1 : 0
    progressRows += learning.completed[e]! + (learning.begun[e] ? 1 : 0)
  }
  return { ...learning, progressRows }
}

/**
 * When a person finished (or, for the lesson begun, last touched) the lesson at that place of the program: the first
 * sitting follows the enrolment, later ones come every few days, mostly in the evening.
 */
export function lessonTime(
  { at, pace }: Pick<Learning, 'at' | 'pace'>,
  enrollment: number,
  place: number,
): number {
  const each = pace[enrollment]! & 15
  const sitting = Math.floor(place / each)
  const within = (1 + (place % each)) * 12 * SITTING_MINUTE
  const begin = at[enrollment]!
  if (sitting === 0) return begin + within
  const midnight = begin - (begin % DAY) + sitting * (pace[enrollment]! >> 4) * DAY
  // Its own time of day for every person and sitting, without another draw.
  return Math.floor(eveningOf(midnight, (begin / 7919 + sitting * 0.618) % 1) + within)
}

/** Percent of a program as lesson_progress says it: whole lessons only, 100 for all of them alone. */
export const percentOf = (completed: number) => Math.floor((100 * completed) / PROGRAM_LESSONS)

function lessonsUntil(
  learning: Pick<Learning, 'at' | 'pace'>,
  enrollment: number,
  wanted: number,
  end: number,
): number {
  let done = wanted
  while (done > 0 && lessonTime(learning, enrollment, done - 1) >= end) done--
  return done
}

function paymentOf(pricing: number, u: number): number {
  if (pricing === FREE) return 0
  if (pricing === ONE_TIME) return u < 0.9 ? PAID : 3
  return u < 0.8 ? 2 : 3
}

function drawEnrollments(seed: number, people: People, courses: Courses, calendar: Calendar) {
  const many = exponential(seed, 'learning.many')
  const which = uniform(seed, 'learning.program')
  const when = uniform(seed, 'learning.at')
  const ladder = zipfLadder(courses.count, 0.8)
  const person: number[] = []
  const program: number[] = []
  const at: number[] = []
  for (let who = 0; who < people.count; who++) {
    const chosen = new Set<number>()
    const wanted = Math.min(MOST, courses.count >> 1, Math.floor(many(who) * EACH))
    for (let draw = 0; chosen.size < wanted && draw < 64; draw++) {
      const candidate = pick(ladder, which(who * 64 + draw))
      if (chosen.has(candidate) || courses.instructor[candidate] === who) continue
      chosen.add(candidate)
      person.push(who)
      program.push(candidate)
      at.push(
        momentAfter(
          calendar,
          Math.max(people.joined[who]!, courses.created[candidate]! + 7 * DAY),
          when(who * 64 + draw) ** 1.5,
        ),
      )
    }
  }
  return { person, program, at }
}

function sortedByTime(drawn: { person: number[]; program: number[]; at: number[] }) {
  const count = drawn.at.length
  const order = inTimeOrder(Float64Array.from(drawn.at))
  const learning = {
    count,
    person: shared.words(count),
    program: shared.words(count),
    at: shared.numbers(count),
    completed: shared.bytes(count),
    begun: shared.bytes(count),
    pace: shared.bytes(count),
    payment: shared.bytes(count),
    dropped: shared.bytes(count),
  }
  for (let place = 0; place < count; place++) {
    const e = order[place]!
    learning.person[place] = drawn.person[e]!
    learning.program[place] = drawn.program[e]!
    learning.at[place] = drawn.at[e]!
  }
  return learning
}
