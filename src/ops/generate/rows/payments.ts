import { DAY } from '../calendar.ts'
import { PER_DOLLAR, priceIn } from '../countries.ts'
import { scramble, streamOf, uniform } from '../draws.ts'
import { PURPOSES, type Purpose, references } from '../references.ts'
import { inTimeOrder } from '../shared-arrays.ts'
import type { Table } from '../table.ts'
import { hourlyRate, SESSION_CANCELLED } from '../world/coaching.ts'
import { currencyOf } from '../world/courses.ts'
import { CANCELLED } from '../world/gatherings.ts'
import { PAID } from '../world/learning.ts'
import { LIVE, MEMBERSHIP_STANDINGS, TIER_DOLLARS, TIERS } from '../world/memberships.ts'
import type { World } from '../world.ts'

/** `amount` in hundredths of the currency; `index` counts within the purpose. */
type Payment = {
  readonly purpose: Purpose
  readonly index: number
  readonly person: number
  readonly at: number
  readonly amount: number
  readonly currency: string
  readonly refunded: boolean
}

const FEE_PERCENT = 15
const TYPES = {
  course: 'course',
  event: 'event',
  coaching: 'coaching',
  subscription: 'subscription',
} as const
const THINGS = {
  course: 'program',
  event: 'event',
  coaching: 'coaching_session',
  subscription: 'subscription',
} as const

export const transactions: Table = {
  name: 'transactions',
  open(world) {
    const { learning, gatherings, seed } = world
    const ref = references(world)
    const way = uniform(seed, 'payments.way')
    const code = streamOf(seed, 'payments.code')
    const drawn = PURPOSES.flatMap((purpose) => paid[purpose](world))
    const order = inTimeOrder(Float64Array.from(drawn, ({ at }) => at))
    const payment = (i: number) => drawn[order[i]!]!
    const fee = (i: number) => Math.round((payment(i).amount * FEE_PERCENT) / 100)
    const mobile = (i: number) => way(i) < 0.65
    const writeThing: Record<Purpose, (rows: Parameters<typeof ref.user>[0], index: number) => void> = {
      course: (rows, e) => ref.program(rows, learning.program[e]!),
      event: (rows, r) => ref.event(rows, gatherings.event[r]!),
      coaching: ref.session,
      subscription: ref.membership,
    }
    return {
      count: drawn.length,
      fields: {
        transaction_id: (rows, i) => ref.payment(rows, payment(i).purpose, payment(i).index, payment(i).at),
        user_id: (rows, i) => ref.user(rows, payment(i).person),
        amount: (rows, i) => rows.decimal(payment(i).amount),
        currency: (rows, i) => rows.text(payment(i).currency),
        transaction_type: (rows, i) => rows.text(TYPES[payment(i).purpose]),
        reference_type: (rows, i) => rows.text(THINGS[payment(i).purpose]),
        reference_id: (rows, i) => writeThing[payment(i).purpose](rows, payment(i).index),
        payment_method: (rows, i) => rows.text(mobile(i) ? 'mpesa' : 'stripe_card'),
        gateway_name: (rows, i) => rows.text(mobile(i) ? 'flutterwave' : 'stripe'),
        gateway_transaction_id: (rows, i) =>
          rows.text(
            `${payment(i).purpose}-${scramble(payment(i).index, code).toString(36).padStart(7, '0')}`,
          ),
        status: (rows, i) => rows.text(payment(i).refunded ? 'refunded' : 'success'),
        created_at: (rows, i) => rows.time(payment(i).at),
        processed_at: (rows, i) => rows.time(payment(i).at + 4000),
        refunded_at: (rows, i) => rows.timeOrNull(payment(i).refunded ? payment(i).at + 3_600_000 : 0),
        platform_fee_percent: (rows) => rows.decimal(FEE_PERCENT * 100),
        platform_fee_amount: (rows, i) => rows.decimal(fee(i)),
        seller_payout_amount: (rows, i) => rows.decimal(payment(i).amount - fee(i)),
      },
    }
  },
}

export const subscriptions: Table = {
  name: 'subscriptions',
  open(world) {
    const { memberships, people, calendar } = world
    const ref = references(world)
    const length = (m: number) => (memberships.annual[m] ? 365 : 30) * DAY
    const live = (m: number) => memberships.standing[m] === LIVE
    /** The period that holds the end of the calendar, or the only one of a membership that ended. */
    const period = (m: number) => {
      const started = memberships.started[m]!
      return live(m) ? started + Math.floor((calendar.end - started) / length(m)) * length(m) : started
    }
    return {
      count: memberships.count,
      fields: {
        subscription_id: ref.membership,
        user_id: (rows, m) => ref.user(rows, memberships.person[m]!),
        tier: (rows, m) => rows.text(TIERS[memberships.tier[m]!]!),
        billing_cycle: (rows, m) => rows.text(memberships.annual[m] ? 'annual' : 'monthly'),
        amount: (rows, m) => rows.decimal(membershipPrice(world, m)),
        currency: (rows, m) => rows.text(currencyOf(people, memberships.person[m]!)),
        status: (rows, m) => rows.text(MEMBERSHIP_STANDINGS[memberships.standing[m]!]!),
        started_at: (rows, m) => rows.time(memberships.started[m]!),
        current_period_start: (rows, m) => rows.time(period(m)),
        current_period_end: (rows, m) => rows.time(period(m) + length(m)),
        cancelled_at: (rows, m) =>
          rows.timeOrNull(memberships.standing[m] === 2 ? memberships.started[m]! + DAY / 2 : 0),
        payment_method: (rows) => rows.text('mpesa'),
        auto_renew: (rows, m) => rows.bool(live(m)),
        next_billing_date: (rows, m) => rows.timeOrNull(live(m) ? period(m) + length(m) : 0),
        last_payment_transaction_id: (rows, m) =>
          ref.payment(rows, 'subscription', m, memberships.started[m]!),
        created_at: (rows, m) => rows.time(memberships.started[m]!),
        updated_at: (rows, m) => rows.time(memberships.started[m]!),
      },
    }
  },
}

export const exchangeRates: Table = {
  name: 'exchange_rates',
  open(world) {
    const { calendar, seed } = world
    const moves = uniform(seed, 'rates')
    return {
      count: RATES.length * 730,
      fields: {
        currency: (rows, i) => rows.text(RATES[i % RATES.length]![0]),
        rate_date: (rows, i) => rows.day(calendar.start + Math.floor(i / RATES.length) * DAY),
        usd_per_unit: (rows, i) =>
          rows.decimal(Math.round((1e9 / RATES[i % RATES.length]![1]) * (0.97 + moves(i) * 0.06)), 9),
      },
    }
  },
}

const RATES = Object.entries(PER_DOLLAR).filter(([currency]) => currency !== 'USD')

function membershipPrice({ memberships, people }: World, m: number): number {
  const dollars = TIER_DOLLARS[memberships.tier[m]!]! * (memberships.annual[m] ? 10 : 1)
  return priceIn(currencyOf(people, memberships.person[m]!), dollars)
}

const paid: Readonly<Record<Purpose, (world: World) => Payment[]>> = {
  course: ({ learning, courses, people }) =>
    numbers(learning.count)
      .filter((e) => learning.payment[e] === PAID)
      .map((e) => {
        const program = learning.program[e]!
        const currency = currencyOf(people, courses.instructor[program]!)
        const what = { person: learning.person[e]!, at: learning.at[e]!, amount: courses.price[program]! }
        return { purpose: 'course', index: e, ...what, currency, refunded: false }
      }),
  event: ({ gatherings, people }) =>
    numbers(gatherings.registrations)
      .filter((r) => gatherings.price[gatherings.event[r]!]! > 0)
      .map((r) => {
        const event = gatherings.event[r]!
        const amount = gatherings.price[event]! * (1 + gatherings.ticket[r]!)
        const currency = currencyOf(people, gatherings.organizer[event]!)
        const what = { person: gatherings.person[r]!, at: gatherings.registered[r]!, amount, currency }
        return { purpose: 'event', index: r, ...what, refunded: gatherings.standing[r] === CANCELLED }
      }),
  coaching: ({ coaching, people, seed }) => {
    const rate = hourlyRate(seed, people)
    return numbers(coaching.count).map((s) => {
      const coach = coaching.coach[s]!
      const what = { person: coaching.mentee[s]!, at: coaching.booked[s]!, amount: rate(coach) }
      const refunded = coaching.standing[s] === SESSION_CANCELLED
      return { purpose: 'coaching', index: s, ...what, currency: currencyOf(people, coach), refunded }
    })
  },
  subscription: (world) => {
    const { memberships, people } = world
    return numbers(memberships.count).map((m) => {
      const person = memberships.person[m]!
      const what = { person, at: memberships.started[m]!, amount: membershipPrice(world, m) }
      return {
        purpose: 'subscription',
        index: m,
        ...what,
        currency: currencyOf(people, person),
        refunded: false,
      }
    })
  },
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)
