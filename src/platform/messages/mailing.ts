import { sql } from 'kysely'
import type { Database, Db } from '../db/index.ts'
import { addressMark, type Mail, NotAccepted, returnPathTo, type SentTo, today } from '../delivery/index.ts'
import type { Services } from '../services.ts'

/**
 * asked: somebody waits for it this minute (a link to sign in with), so that it goes out even where mail did not arrive before.
 * told: what an account's holder must know. notice: what may be switched off.
 */
export type MailKind = 'asked' | 'told' | 'notice'

export type Addressed = {
  /** Null: nobody who has an account; nothing is known of their address. */
  readonly userId: string | null
  readonly kind: MailKind
}

type Parts = {
  /** As app_worker. */
  readonly db: Database
  readonly services: Pick<Services, 'mail' | 'config' | 'clock' | 'log'>
}

/** More than these within a week, and an address takes nothing. */
const MOST_SOFT = 5

/**
 * Sends a mail to somebody, unless their address is known to take none: 'suppressed'. What the server says of the
 * address is remembered. Throws NotAccepted.
 */
export async function postMail(
  { db, services }: Parts,
  mail: Omit<Mail, 'returnPath'>,
  { userId, kind }: Addressed,
): Promise<'sent' | 'suppressed'> {
  const { config, clock } = services
  if (userId === null) return services.mail.send(mail).then(() => 'sent')
  const sent = { userId, mark: addressMark(config, mail.to), day: today(clock.now()) }
  if (kind !== 'asked' && (await isSuppressed(db.anonymous, sent, kind))) return 'suppressed'
  try {
    await services.mail.send({ ...mail, returnPath: returnPathTo(config, sent) })
  } catch (error) {
    if (error instanceof NotAccepted && error.isGone) {
      const report = { isGone: true, reason: 'gone', status: error.code, hash: refusalHash(mail.id) } as const
      await noteBounce(db.anonymous, sent, report)
    }
    throw error
  }
  return 'sent'
}

export type Bounce = {
  readonly isGone: boolean
  readonly reason: 'gone' | 'soft_bounces' | 'complaint'
  readonly status: string | null
  /** The same report is counted once. */
  readonly hash: Buffer
}

/** True when the address is suppressed by it. Also as app_user, without an actor: reports come by a hook. */
export async function noteBounce(db: Db, sent: SentTo, bounce: Bounce): Promise<boolean> {
  const { rows } = await sql<{ suppressed: boolean }>`
    SELECT note_mail_bounce(${sent.userId}::uuid, ${sent.mark}::bytea, ${bounce.isGone}, ${bounce.reason}, ${bounce.status?.slice(0, 11) ?? null},
      (date '1970-01-01' + ${sent.day}::int), ${bounce.hash}::bytea, ${MOST_SOFT}) AS suppressed`.execute(db)
  return rows[0]?.suppressed === true
}

/** A complaint stops what may be switched off, and not what somebody must know. */
async function isSuppressed(db: Db, { userId, mark }: SentTo, kind: MailKind): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM mail_suppressions WHERE user_id = ${userId}::uuid AND address_mark = ${mark}::bytea AND lifted_at IS NULL
      AND (reason <> 'complaint' OR ${kind === 'notice'})`.execute(db)
  return rows.length > 0
}

export type Suppression = { readonly reason: Bounce['reason']; readonly suppressed_at: string }

/** Whether this address of somebody's takes no mail, and since when; one's own as app_user. */
export async function suppressionOf(db: Db, userId: string, mark: Buffer): Promise<Suppression | undefined> {
  const { rows } = await sql<Suppression>`
    SELECT reason, suppressed_at FROM mail_suppressions
    WHERE user_id = ${userId}::uuid AND address_mark = ${mark}::bytea AND lifted_at IS NULL`.execute(db)
  return rows[0]
}

/** Mail has been shown to arrive there. False: nothing was suppressed. */
export async function liftSuppression(db: Db, userId: string, mark: Buffer): Promise<boolean> {
  const { rows } = await sql<{ lifted: boolean }>`
    SELECT lift_mail_suppression(${userId}::uuid, ${mark}::bytea) AS lifted`.execute(db)
  return rows[0]?.lifted === true
}

/** At most `size` reports of a month ago and before. Walks idx_mail_bounces_bounced_at. */
export async function deleteOldBounces(db: Db, size: number): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM mail_bounces WHERE report_hash IN (
      SELECT report_hash FROM mail_bounces WHERE bounced_at < now() - interval '30 days'
      ORDER BY bounced_at LIMIT ${size})`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** A server's own refusal has no report: the mail's id stands for it, however often it is tried. */
function refusalHash(mailId: string): Buffer {
  return Buffer.from(mailId.replaceAll('-', ''), 'hex')
}

/** How many addresses take no mail at the moment. */
export async function suppressedAddresses(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::int AS count FROM mail_suppressions WHERE lifted_at IS NULL`.execute(db)
  return Number(rows[0]?.count)
}
