import { DAY } from '../calendar.ts'
import { idKind } from '../copy-rows.ts'
import { scramble, streamOf, uniform } from '../draws.ts'
import { sentence } from '../phrases.ts'
import { references } from '../references.ts'
import { inTimeOrder } from '../shared-arrays.ts'
import { nothing, type Table, words } from '../table.ts'
import {
  courseLanguage,
  LESSONS,
  lessonMinutes,
  lessonType,
  MODULES,
  PROGRAM_LESSONS,
} from '../world/courses.ts'
import { lessonTime, PAID, PAYMENTS, percentOf } from '../world/learning.ts'
import type { World } from '../world.ts'

const MINUTE = 60_000
const OPENED_BEFORE = 11 * MINUTE

export const enrollments: Table = {
  name: 'enrollments',
  open(world) {
    const { learning } = world
    const ref = references(world)
    const done = (e: number) => learning.completed[e] === PROGRAM_LESSONS
    const current = (e: number) =>
      learning.program[e]! * PROGRAM_LESSONS + Math.min(PROGRAM_LESSONS - 1, learning.completed[e]!)
    return {
      count: learning.count,
      fields: {
        enrollment_id: ref.enrollment,
        user_id: (rows, e) => ref.user(rows, learning.person[e]!),
        program_id: (rows, e) => ref.program(rows, learning.program[e]!),
        enrollment_date: (rows, e) => rows.time(learning.at[e]!),
        last_accessed_at: (rows, e) => rows.timeOrNull(lastTouch(world, e)),
        progress_percent: (rows, e) => rows.int(percentOf(learning.completed[e]!)),
        current_module_id: (rows, e) =>
          lastTouch(world, e) ? ref.module(rows, Math.floor(current(e) / LESSONS)) : rows.null(),
        current_lesson_id: (rows, e) => (lastTouch(world, e) ? ref.lesson(rows, current(e)) : rows.null()),
        status: (rows, e) => rows.text(done(e) ? 'completed' : learning.dropped[e] ? 'dropped' : 'active'),
        completion_date: (rows, e) => (done(e) ? rows.time(lastTouch(world, e)) : rows.null()),
        payment_type: (rows, e) => rows.text(PAYMENTS[learning.payment[e]!]!),
        transaction_id: (rows, e) =>
          learning.payment[e] === PAID ? ref.payment(rows, 'course', e, learning.at[e]!) : rows.null(),
        certificate_issued: (rows, e) => rows.bool(done(e)),
        certificate_issued_at: (rows, e) => (done(e) ? rows.time(lastTouch(world, e)) : rows.null()),
        created_at: (rows, e) => rows.time(learning.at[e]!),
        updated_at: (rows, e) => rows.time(lastTouch(world, e) || learning.at[e]!),
      },
    }
  },
}

/** When the person last did something in the program; 0: never. */
export function lastTouch({ learning }: World, e: number): number {
  const lessons = learning.completed[e]! + (learning.begun[e] ? 1 : 0)
  return lessons === 0 ? 0 : lessonTime(learning, e, lessons - 1)
}

export const lessonProgress: Table = {
  name: 'lesson_progress',
  open(world) {
    const { learning, seed } = world
    const ref = references(world)
    const kind = idKind(seed, 'progress')
    const seconds = secondsSpent(seed)
    const { count, enrollment, place, at } = progress(world)
    const open = (i: number) => place[i] === learning.completed[enrollment[i]!]
    return {
      count,
      fields: {
        progress_id: (rows, i) => rows.id(kind, i, at[i]! - OPENED_BEFORE),
        user_id: (rows, i) => ref.user(rows, learning.person[enrollment[i]!]!),
        lesson_id: (rows, i) =>
          ref.lesson(rows, learning.program[enrollment[i]!]! * PROGRAM_LESSONS + place[i]!),
        enrollment_id: (rows, i) => ref.enrollment(rows, enrollment[i]!),
        progress_percent: (rows, i) => rows.int(open(i) ? learning.begun[enrollment[i]!]! : 100),
        time_spent_seconds: (rows, i) => rows.int(seconds(enrollment[i]!, place[i]!)),
        last_position_seconds: (rows, i) =>
          lessonType(place[i]!) === 'video' ? rows.int(seconds(enrollment[i]!, place[i]!) >> 1) : rows.null(),
        completed_at: (rows, i) => (open(i) ? rows.null() : rows.time(at[i]!)),
        first_accessed_at: (rows, i) => rows.time(at[i]! - OPENED_BEFORE),
        last_accessed_at: (rows, i) => rows.time(at[i]!),
        updated_at: (rows, i) => rows.time(at[i]!),
      },
    }
  },
}

/** time_spent_seconds is the sum of these: one client session a lesson. */
export const lessonTimes: Table = {
  name: 'lesson_time',
  open(world) {
    const { learning, seed } = world
    const ref = references(world)
    const kind = idKind(seed, 'client_session')
    const seconds = secondsSpent(seed)
    const { count, enrollment, place, at } = progress(world)
    return {
      count,
      fields: {
        user_id: (rows, i) => ref.user(rows, learning.person[enrollment[i]!]!),
        lesson_id: (rows, i) =>
          ref.lesson(rows, learning.program[enrollment[i]!]! * PROGRAM_LESSONS + place[i]!),
        client_session_id: (rows, i) => rows.id(kind, i, at[i]!),
        seconds: (rows, i) => rows.int(seconds(enrollment[i]!, place[i]!)),
      },
    }
  },
}

export const submissions: Table = {
  name: 'assessment_submissions',
  open(world) {
    const { learning, seed } = world
    const ref = references(world)
    const kind = idKind(seed, 'submission')
    const u = uniform(seed, 'submissions')
    const { enrollment, place, attempt, last } = attempts(world)
    const score = (i: number) => (last[i] ? 60 + Math.floor(u(i) * 41) : 20 + Math.floor(u(i) * 39))
    const at = (i: number) => lessonTime(learning, enrollment[i]!, place[i]!) - (last[i] ? 0 : 5 * MINUTE)
    const quiz = (i: number) => lessonType(place[i]!) === 'quiz'
    return {
      count: enrollment.length,
      fields: {
        submission_id: (rows, i) => rows.id(kind, i, at(i) - 4 * MINUTE),
        assessment_id: (rows, i) =>
          ref.assessment(rows, learning.program[enrollment[i]!]! * PROGRAM_LESSONS + place[i]!),
        user_id: (rows, i) => ref.user(rows, learning.person[enrollment[i]!]!),
        enrollment_id: (rows, i) => ref.enrollment(rows, enrollment[i]!),
        attempt_number: (rows, i) => rows.int(attempt[i]!),
        started_at: (rows, i) => rows.time(at(i) - 4 * MINUTE),
        submitted_at: (rows, i) => rows.time(at(i)),
        time_taken_seconds: (rows) => rows.int(240),
        answers: (rows, i) =>
          quiz(i) ? rows.jsonb(last[i] ? [1, 0, 1] : [0, 0, 2]) : rows.jsonb({ text: sentence('en', u(i)) }),
        score: (rows, i) => rows.decimal(score(i) * 100),
        passed: (rows, i) => rows.bool(last[i] === 1),
        graded_at: (rows, i) => rows.time(at(i)),
        status: words('graded'),
      },
    }
  },
}

export const certificates: Table = {
  name: 'certificates',
  open(world) {
    const { learning, seed } = world
    const ref = references(world)
    const kind = idKind(seed, 'certificate')
    const done = finished(world)
    const at = (i: number) => lastTouch(world, done[i]!)
    const codes = ['a', 'b', 'c'].map((part) => streamOf(seed, `certificate.code.${part}`))
    return {
      count: done.length,
      fields: {
        certificate_id: (rows, i) => rows.id(kind, i, at(i)),
        enrollment_id: (rows, i) => ref.enrollment(rows, done[i]!),
        user_id: (rows, i) => ref.user(rows, learning.person[done[i]!]!),
        program_id: (rows, i) => ref.program(rows, learning.program[done[i]!]!),
        certificate_number: (rows, i) => rows.text(`BCN-${String(i + 1).padStart(8, '0')}`),
        issued_at: (rows, i) => rows.time(at(i)),
        title: words('Certificate of completion'),
        verification_code: (rows, i) =>
          rows.text(codes.map((code) => scramble(i, code).toString(36).padStart(7, '0')).join('')),
        completion_score: (rows, i) => rows.decimal((70 + (scramble(i, codes[0]!) % 31)) * 100),
        completion_date: (rows, i) => rows.time(at(i)),
        created_at: (rows, i) => rows.time(at(i)),
      },
    }
  },
}

export const programReviews: Table = {
  name: 'program_reviews',
  open(world) {
    const { learning, seed, calendar } = world
    const ref = references(world)
    const kind = idKind(seed, 'review')
    const u = uniform(seed, 'reviews.words')
    const rating = reviewOf(world)
    const given: number[] = []
    for (let e = 0; e < learning.count; e++) if (rating(e) > 0) given.push(e)
    const at = (i: number) =>
      Math.floor(Math.min(calendar.end - 1, lastTouch(world, given[i]!) + u(i) * 3 * DAY))
    return {
      count: given.length,
      fields: {
        review_id: (rows, i) => rows.id(kind, i, at(i)),
        enrollment_id: (rows, i) => ref.enrollment(rows, given[i]!),
        program_id: (rows, i) => ref.program(rows, learning.program[given[i]!]!),
        user_id: (rows, i) => ref.user(rows, learning.person[given[i]!]!),
        rating: (rows, i) => rows.int(rating(given[i]!)),
        review_text: (rows, i) =>
          u(i) < 0.6 ? rows.text(sentence(courseLanguage(learning.program[given[i]!]!), u(i))) : rows.null(),
        moderated_by: nothing,
        created_at: (rows, i) => rows.time(at(i)),
        updated_at: (rows, i) => rows.time(at(i)),
      },
    }
  },
}

/** The stars an enrolment gave, 0: none. Six in ten who finish, some who came far. */
export function reviewOf({ seed, learning }: World): (enrollment: number) => number {
  const gives = uniform(seed, 'reviews.gives')
  const stars = uniform(seed, 'reviews.stars')
  const quality = uniform(seed, 'reviews.quality')
  return (e) => {
    const completed = learning.completed[e]!
    const chance = completed === PROGRAM_LESSONS ? 0.6 : completed > 9 ? 0.08 : 0
    if (learning.dropped[e] || gives(e) >= chance) return 0
    return Math.min(
      5,
      Math.max(1, Math.round(2.9 + quality(learning.program[e]!) * 1.8 + (stars(e) - 0.4) * 2)),
    )
  }
}

/** The enrolments that came to the end. */
export function finished({ learning }: World): number[] {
  const done: number[] = []
  for (let e = 0; e < learning.count; e++) if (learning.completed[e] === PROGRAM_LESSONS) done.push(e)
  return done
}

/** A row for each lesson somebody opened, in the order of time, as a table that was written day by day has them. */
function progress(world: World) {
  const { learning } = world
  const count = learning.progressRows
  const drawn = {
    enrollment: new Uint32Array(count),
    place: new Uint8Array(count),
    at: new Float64Array(count),
  }
  let row = 0
  for (let e = 0; e < learning.count; e++) {
    const lessons = learning.completed[e]! + (learning.begun[e] ? 1 : 0)
    for (let place = 0; place < lessons; place++, row++) {
      drawn.enrollment[row] = e
      drawn.place[row] = place
      drawn.at[row] = lessonTime(learning, e, place)
    }
  }
  const order = inTimeOrder(drawn.at)
  return {
    count,
    enrollment: order.map((from) => drawn.enrollment[from]!),
    place: Uint8Array.from(order, (from) => drawn.place[from]!),
    at: Float64Array.from(order, (from) => drawn.at[from]!),
  }
}

function secondsSpent(seed: number): (enrollment: number, place: number) => number {
  const u = uniform(seed, 'progress.seconds')
  return (enrollment, place) =>
    Math.floor(lessonMinutes(place) * (25 + u(enrollment * PROGRAM_LESSONS + place) * 55))
}

/** What was handed in for the graded lessons that were completed: one in five failed the first time. */
function attempts({ learning, seed }: World) {
  const fails = uniform(seed, 'submissions.fails')
  const rows = {
    enrollment: [] as number[],
    place: [] as number[],
    attempt: [] as number[],
    last: [] as number[],
  }
  const add = (enrollment: number, place: number, attempt: number, last: number) => {
    rows.enrollment.push(enrollment)
    rows.place.push(place)
    rows.attempt.push(attempt)
    rows.last.push(last)
  }
  for (let e = 0; e < learning.count; e++) {
    for (const place of [2 * LESSONS - 1, MODULES * LESSONS - 1]) {
      if (learning.completed[e]! <= place) continue
      const twice = fails(e * 2 + (place === 11 ? 0 : 1)) < 0.2
      if (twice) add(e, place, 1, 0)
      add(e, place, twice ? 2 : 1, 1)
    }
  }
  return rows
}
