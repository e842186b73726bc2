import { uuidV7 } from './ids.ts'
import { paymentRow } from './payments.ts'
import type { Row } from './rows.ts'
import type { Subscription } from './shapes.ts'
import { DAY, iso } from './times.ts'
import type { World } from './world.ts'

const FILE = 'subscriptions.json'

/** Memberships and every payment for them. */
export async function loadMemberships(world: World): Promise<void> {
  const taken = world.content.subscriptions.map((one) => subscribe(world, one))
  await world.insert(
    'transactions',
    taken.flatMap(({ payments }) => payments),
  )
  await world.insert(
    'subscriptions',
    taken.map(({ row }) => row),
  )
}

/**
 * Paid at the start of each period up to the running one. When a payment is past due, that of the running period failed;
 * a cancelled membership ended with the period before, five days after its owner had said so.
 */
function subscribe({ names, times }: World, one: Subscription) {
  const userId = names.of('person', one.username, FILE)
  const started = times.daysAgo(one.started_days_ago)
  const subscriptionId = uuidV7(started)
  const months = one.billing_cycle === 'annual' ? 12 : 1
  const starts = periodStarts(started, months, times.now)
  const running = starts.length - 1
  const lastPaid = one.status === 'active' ? running : Math.max(0, running - 1)
  const due =
    one.amount === 0 ? [] : starts.slice(0, one.status === 'cancelled' ? lastPaid + 1 : starts.length)
  const payments = due.map((at, index) =>
    paymentRow({
      userId,
      amount: one.amount,
      currency: one.currency,
      type: 'subscription',
      reference: { type: 'subscription', id: subscriptionId },
      at,
      failed: index > lastPaid,
    }),
  )
  const [from, until] = [starts[lastPaid]!, addMonths(started, months * (lastPaid + 1))]
  const cancelled = one.status === 'cancelled'
  const next = { active: iso(until), past_due: iso(times.now + DAY), cancelled: null }[one.status]
  const row: Row = {
    subscription_id: subscriptionId,
    user_id: userId,
    tier: one.tier,
    billing_cycle: one.billing_cycle,
    amount: one.amount,
    currency: one.currency,
    status: one.status,
    started_at: iso(started),
    current_period_start: iso(from),
    current_period_end: iso(until),
    renewed_at: lastPaid > 0 ? iso(from) : null,
    cancelled_at: cancelled ? iso(until - 5 * DAY) : null,
    ended_at: cancelled ? iso(until) : null,
    payment_method: payments[0]?.payment_method ?? null,
    auto_renew: !cancelled,
    next_billing_date: next,
    last_payment_transaction_id: payments[lastPaid]?.transaction_id ?? null,
    cancellation_reason: cancelled ? 'user_requested' : null,
    created_at: iso(started),
    updated_at: iso(from),
  }
  return { payments, row }
}

function periodStarts(started: number, months: number, now: number): number[] {
  const starts = [started]
  for (
    let next = addMonths(started, months);
    next <= now;
    next = addMonths(started, months * starts.length)
  ) {
    starts.push(next)
  }
  return starts
}

/** The same day of a later month, or that month's last day. */
function addMonths(moment: number, months: number): number {
  const date = new Date(moment)
  const day = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() + months)
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  date.setUTCDate(Math.min(day, last))
  return date.getTime()
}
