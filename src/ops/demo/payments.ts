import { uuidV7 } from './ids.ts'
import type { Row } from './rows.ts'
import { iso } from './times.ts'

export type Payment = {
  userId: string
  amount: number
  currency: string
  type: 'course' | 'subscription' | 'coaching' | 'event'
  reference: { type: string; id: string }
  at: number
  failed?: boolean
}

/** A row of transactions: paid through the sandbox gateway, by mobile money where most people do. */
export function paymentRow({ userId, amount, currency, type, reference, at, failed = false }: Payment) {
  const transaction_id = uuidV7(at)
  return {
    transaction_id,
    user_id: userId,
    amount,
    currency,
    transaction_type: type,
    reference_type: reference.type,
    reference_id: reference.id,
    payment_method: MOBILE_MONEY.has(currency) ? 'mpesa' : 'stripe_card',
    gateway_name: 'sandbox',
    gateway_transaction_id: `demo-${transaction_id}`,
    status: failed ? 'failed' : 'success',
    created_at: iso(at),
    processed_at: failed ? null : iso(at),
    failed_at: failed ? iso(at) : null,
    failure_reason: failed ? 'insufficient_funds' : null,
  } satisfies Row
}

const MOBILE_MONEY = new Set(['KES', 'TZS', 'UGX', 'RWF', 'GHS', 'ZMW', 'MZN'])
