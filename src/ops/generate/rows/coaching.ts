import { DAY, HOUR } from '../calendar.ts'
import { idKind } from '../copy-rows.ts'
import { uniform } from '../draws.ts'
import { chosen, sentence } from '../phrases.ts'
import { references } from '../references.ts'
import { inTimeOrder } from '../shared-arrays.ts'
import { type Table, words } from '../table.ts'
import { SKILLS } from '../taxonomy.ts'
import { COMPLETED, hourlyRate, SESSION_CANCELLED, SESSION_STANDINGS } from '../world/coaching.ts'
import { currencyOf } from '../world/courses.ts'
import { countryOf } from '../world/people.ts'

export const coachingSessions: Table = {
  name: 'coaching_sessions',
  open(world) {
    const { coaching, people, seed } = world
    const ref = references(world)
    const u = uniform(seed, 'coaching.words')
    const rate = hourlyRate(seed, people)
    const order = inTimeOrder(coaching.booked)
    const s = (i: number) => order[i]!
    const standing = (i: number) => coaching.standing[s(i)]!
    const ended = (i: number) => (standing(i) === COMPLETED ? coaching.at[s(i)]! + HOUR : 0)
    const cancelled = (i: number) =>
      standing(i) === SESSION_CANCELLED ? Math.floor(coaching.booked[s(i)]! + 30 * 60_000 * u(s(i))) : 0
    return {
      count: order.length,
      fields: {
        session_id: (rows, i) => ref.session(rows, s(i)),
        coach_id: (rows, i) => ref.user(rows, coaching.coach[s(i)]!),
        mentee_id: (rows, i) => ref.user(rows, coaching.mentee[s(i)]!),
        scheduled_at: (rows, i) => rows.time(coaching.at[s(i)]!),
        timezone: (rows, i) => rows.text(countryOf(people, coaching.coach[s(i)]!).zone),
        session_type: (rows) => rows.text('one_on_one'),
        topic: (rows, i) => rows.text(chosen(SKILLS, u(s(i)))),
        status: (rows, i) => rows.text(SESSION_STANDINGS[standing(i)]!),
        cancelled_at: (rows, i) => rows.timeOrNull(cancelled(i)),
        cancelled_by: (rows, i) => (cancelled(i) ? ref.user(rows, coaching.mentee[s(i)]!) : rows.null()),
        completed_at: (rows, i) => rows.timeOrNull(ended(i)),
        payment_amount: (rows, i) => rows.decimal(rate(coaching.coach[s(i)]!)),
        currency: (rows, i) => rows.text(currencyOf(people, coaching.coach[s(i)]!)),
        payment_status: (rows, i) => rows.text(cancelled(i) ? 'refunded' : 'paid'),
        transaction_id: (rows, i) => ref.payment(rows, 'coaching', s(i), coaching.booked[s(i)]!),
        created_at: (rows, i) => rows.time(coaching.booked[s(i)]!),
        updated_at: (rows, i) => rows.time(ended(i) || cancelled(i) || coaching.booked[s(i)]!),
      },
    }
  },
}

export const sessionFeedback: Table = {
  name: 'session_feedback',
  open(world) {
    const { coaching, seed, calendar } = world
    const ref = references(world)
    const kind = idKind(seed, 'feedback')
    const u = uniform(seed, 'feedback')
    const given: number[] = []
    for (let s = 0; s < coaching.count; s++) if (coaching.rating[s]! > 0) given.push(s)
    const at = (i: number) =>
      Math.min(calendar.end, coaching.at[given[i]!]! + HOUR + Math.floor(u(i) * 5 * HOUR))
    return {
      count: given.length,
      fields: {
        feedback_id: (rows, i) => rows.id(kind, i, at(i)),
        session_id: (rows, i) => ref.session(rows, given[i]!),
        submitted_by: (rows, i) => ref.user(rows, coaching.mentee[given[i]!]!),
        coach_id: (rows, i) => ref.user(rows, coaching.coach[given[i]!]!),
        rating: (rows, i) => rows.int(coaching.rating[given[i]!]!),
        would_recommend: (rows, i) => rows.bool(coaching.rating[given[i]!]! > 3),
        feedback_text: (rows, i) => (u(i) < 0.7 ? rows.text(sentence('en', u(i))) : rows.null()),
        is_public: (rows, i) => rows.bool(u(i) < 0.4),
        created_at: (rows, i) => rows.time(at(i)),
      },
    }
  },
}

export const coachAvailability: Table = {
  name: 'coach_availability',
  open(world) {
    const { people } = world
    const ref = references(world)
    const kind = idKind(world.seed, 'availability')
    const coach = (i: number) => people.coaches[Math.floor(i / 5)]!
    return {
      count: people.coaches.length * 5,
      fields: {
        availability_id: (rows, i) => rows.id(kind, i, people.joined[coach(i)]!),
        coach_id: (rows, i) => ref.user(rows, coach(i)),
        day_of_week: (rows, i) => rows.int(1 + (i % 5)),
        start_time: (rows, i) => rows.clock(8 + (coach(i) % 3)),
        end_time: (rows, i) => rows.clock(16 + (coach(i) % 4)),
        timezone: (rows, i) => rows.text(countryOf(people, coach(i)).zone),
        effective_from: (rows, i) => rows.day(people.joined[coach(i)]!),
        created_at: (rows, i) => rows.time(people.joined[coach(i)]!),
        updated_at: (rows, i) => rows.time(people.joined[coach(i)]!),
      },
    }
  },
}

export const blockedTimes: Table = {
  name: 'coach_blocked_times',
  open(world) {
    const { people, calendar } = world
    const ref = references(world)
    const kind = idKind(world.seed, 'blocked')
    const coach = (i: number) => people.coaches[i * 3]!
    const from = (i: number) => calendar.end + (7 + (i % 20)) * DAY
    return {
      count: Math.ceil(people.coaches.length / 3),
      fields: {
        blocked_time_id: (rows, i) => rows.id(kind, i, people.joined[coach(i)]!),
        coach_id: (rows, i) => ref.user(rows, coach(i)),
        blocked_from: (rows, i) => rows.time(from(i)),
        blocked_until: (rows, i) => rows.time(from(i) + 3 * DAY),
        reason: words('Travelling'),
        created_at: (rows, i) => rows.time(people.joined[coach(i)]!),
      },
    }
  },
}
