import { sql } from 'kysely'
import { audit } from '../audit/index.ts'
import type { Database, Db } from '../db/index.ts'
import { NotAccepted, type Sms, type SmsReceipt, smsSegments } from '../delivery/index.ts'
import type { Services } from '../services.ts'

/** code: what somebody types to sign in or to prove a number; it has a reserve of its own beyond the cap. */
export type SmsPurpose = 'code' | 'notice'

type Parts = {
  /** As app_worker. */
  readonly db: Database
  readonly services: Pick<Services, 'sms' | 'config' | 'log'>
}

/**
 * Sends an SMS within the month's budget: its cost is reserved before, and set right by what the gateway answers. Where nobody
 * knows whether it went out (no answer, a process that ended) the reservation stays. 'over_cap': it was not sent. Throws NotAccepted.
 */
export async function sendSms(
  { db, services }: Parts,
  sms: Sms,
  purpose: SmsPurpose,
): Promise<'sent' | 'over_cap'> {
  const { smsBudget } = services.config
  const segments = smsSegments(sms.text)
  const reserved = { messageId: sms.id, purpose, segments, cost: segments * smsBudget.segmentCost }
  const cap = smsBudget.monthlyCap + (purpose === 'code' ? smsBudget.codeReserve : 0)
  const charge = await db.transaction(null, async (tx) => {
    const id = await reserveSms(tx, reserved, cap)
    await tellBudget(tx, smsBudget.monthlyCap, id === undefined && purpose === 'notice')
    return id
  })
  if (charge === undefined) {
    services.log.warn({ message_id: sms.id, purpose }, 'an SMS was not sent: the month’s budget is used up')
    return 'over_cap'
  }
  let receipt: SmsReceipt
  try {
    receipt = await services.sms.send(sms)
  } catch (error) {
    if (error instanceof NotAccepted && error.isUnsent)
      await db.transaction(null, (tx) => releaseSms(tx, charge))
    throw error
  }
  await db.transaction(null, (tx) => settleSms(tx, charge, receipt, costOf(receipt, reserved.cost, services)))
  return 'sent'
}

/** What the gateway bills in another currency cannot be added: the estimate stays, and the log says so. */
function costOf({ cost }: SmsReceipt, estimate: number, { config, log }: Parts['services']): number {
  if (cost === null) return estimate
  if (cost.currency === config.smsBudget.currency) return cost.minor
  log.warn({ currency: cost.currency }, 'the SMS gateway bills in another currency than SMS_CURRENCY')
  return estimate
}

type Reservation = { messageId: string; purpose: SmsPurpose; segments: number; cost: number }

/**
 * One statement, so that no two can pass the cap together: the second waits for the month's row and then sees what the first
 * has taken. Undefined: it would pass the cap.
 */
async function reserveSms(tx: Db, { messageId, purpose, segments, cost }: Reservation, cap: number) {
  const { rows } = await sql<{ charge_id: string }>`
    WITH taken AS (
      INSERT INTO sms_months AS m (month, spent_minor)
      SELECT date_trunc('month', now() AT TIME ZONE 'UTC')::date, ${cost}::bigint WHERE ${cost}::bigint <= ${cap}::bigint
      ON CONFLICT (month) DO UPDATE SET spent_minor = m.spent_minor + excluded.spent_minor
        WHERE m.spent_minor + excluded.spent_minor <= ${cap}::bigint
      RETURNING month)
    INSERT INTO sms_charges (message_id, month, purpose, segments, reserved_minor)
    SELECT ${messageId}::uuid, month, ${purpose}, ${segments}::int, ${cost}::bigint FROM taken
    RETURNING charge_id`.execute(tx)
  return rows[0]?.charge_id
}

/** What was reserved gives way to what it cost; the second time changes nothing. */
async function settleSms(tx: Db, chargeId: string, { gatewayId }: SmsReceipt, cost: number): Promise<void> {
  await sql`
    WITH charge AS (
      UPDATE sms_charges c SET state = 'settled', settled_minor = ${cost}::bigint,
        gateway_id = CASE WHEN NOT EXISTS (SELECT FROM sms_charges o WHERE o.gateway_id = ${gatewayId}) THEN ${gatewayId} END
      WHERE c.charge_id = ${chargeId}::uuid AND c.state = 'reserved' RETURNING c.month, c.reserved_minor)
    UPDATE sms_months m SET spent_minor = greatest(0, m.spent_minor - charge.reserved_minor + ${cost}::bigint)
    FROM charge WHERE m.month = charge.month`.execute(tx)
}

/** Nothing went out: it costs nothing. */
async function releaseSms(tx: Db, chargeId: string): Promise<void> {
  await sql`
    WITH charge AS (
      UPDATE sms_charges SET state = 'released' WHERE charge_id = ${chargeId}::uuid AND state = 'reserved'
      RETURNING month, reserved_minor)
    UPDATE sms_months m SET spent_minor = greatest(0, m.spent_minor - charge.reserved_minor)
    FROM charge WHERE m.month = charge.month`.execute(tx)
}

/** Leaves a trace, once a month each, when 80 % of the cap are spent and when nothing is left; staff are told of it (§11.5). */
async function tellBudget(tx: Db, cap: number, refused: boolean): Promise<void> {
  const { rows } = await sql<{ month: string; told_percent: number }>`
    UPDATE sms_months m SET told_percent = reached.percent
    FROM (SELECT month, CASE WHEN ${refused} OR spent_minor >= ${cap}::bigint THEN 100
        WHEN spent_minor * 100 >= ${cap}::bigint * 80 THEN 80 ELSE 0 END AS percent
      FROM sms_months WHERE month = date_trunc('month', now() AT TIME ZONE 'UTC')::date) reached
    WHERE m.month = reached.month AND m.told_percent < reached.percent
    RETURNING m.month::text, m.told_percent`.execute(tx)
  for (const { month, told_percent } of rows) {
    await audit(tx, {
      actor: null,
      action: 'platform.sms_budget_reached',
      entityType: 'sms_month',
      entityId: null,
      retentionClass: 'security',
      severity: 'warning',
      metadata: { month, percent: told_percent },
    })
  }
}

/** At most `size` of those of thirteen months ago and before. Walks idx_sms_charges_created_at. */
export async function deleteOldCharges(db: Db, size: number): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM sms_charges WHERE charge_id IN (
      SELECT charge_id FROM sms_charges WHERE created_at < now() - interval '13 months'
      ORDER BY created_at LIMIT ${size} FOR UPDATE SKIP LOCKED)`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** The gateway's word on a message; false for one that we know nothing of. */
export async function noteSmsReport(db: Db, gatewayId: string, word: string): Promise<boolean> {
  const { rows } = await sql<{
    known: boolean
  }>`SELECT note_sms_report(${gatewayId}, ${word}) AS known`.execute(db)
  return rows[0]?.known === true
}

/** What this month's SMS cost up to now, with what is reserved; in minor units. */
export async function spentOnSms(db: Db): Promise<number> {
  const { rows } = await sql<{ spent: string }>`
    SELECT coalesce(sum(spent_minor), 0)::text AS spent FROM sms_months
    WHERE month = date_trunc('month', now() AT TIME ZONE 'UTC')::date`.execute(db)
  return Number(rows[0]?.spent)
}
