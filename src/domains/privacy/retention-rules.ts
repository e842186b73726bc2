import type { Db } from '../../platform/db/index.ts'
import { queueMessage } from '../../platform/messages/index.ts'
import type { Services } from '../../platform/services.ts'
import { countUnusedMedia, noteUnusedMedia, releaseUnusedMedia } from '../content/index.ts'
import { closeUsers, tellReaders } from '../identity/index.ts'
import { accountUnused } from './mail/account-unused.ts'
import * as rows from './queries/retention.ts'

/** `config` tells the days of grace, `fields` seals addresses of mails. */
export type RetentionServices = Pick<Services, 'fields' | 'config'>

export type RetentionRule = {
  readonly name: string
  /** The row of §10.1, in words. */
  readonly keeps: string
  /** How many rows have had their time. */
  readonly count?: rows.Count
  /** Takes at most `size` of them in one transaction. */
  readonly sweep?: (tx: Db, size: number, services: RetentionServices) => Promise<number>
  readonly batch?: number
  /** The job that does it already, and when it runs. */
  readonly doneBy?: string
}

const AUDIT = ['audit_logs_general', 'audit_logs_security', 'audit_logs_financial']

/** Every row of §10.1, each with what executes it. What is kept for ever is here too, so that nobody takes it for forgotten. */
export const RETENTION_RULES: readonly RetentionRule[] = [
  {
    name: 'accounts_deleted',
    keeps: 'deleted accounts: thirty days, then they are erased',
    count: rows.countDeleted,
    sweep: (tx, size) => rows.eraseDeleted(tx, size),
    doneBy: 'privacy.purge_due.v1',
  },
  {
    name: 'accounts_unused_warned',
    keeps: 'accounts that nobody used for 24 months: their people are told by mail',
    count: rows.countInactive,
    sweep: warn,
    batch: 100,
  },
  {
    name: 'accounts_unused_closed',
    keeps:
      'accounts that stay unused for thirty days after that: closed, and erased like any deleted account',
    count: rows.countToClose,
    sweep: close,
    batch: 100,
  },
  { name: 'transactions', keeps: 'payments: for ever, the law wants seven years of them; never deleted' },
  {
    name: 'audit_months',
    keeps: 'the audit: general 12 months, security 3 years, financial 7 years; the seals stay',
    count: rows.countExpiredMonths(...AUDIT),
    sweep: rows.dropExpiredMonth(...AUDIT),
    batch: 1,
  },
  { name: 'course_content', keeps: 'courses: as long as their program' },
  { name: 'community_posts', keeps: 'posts: until their author deletes them' },
  {
    name: 'messages',
    keeps: 'messages between people: 12 months',
    count: rows.countOldMessages,
    sweep: rows.deleteOldMessages,
  },
  {
    name: 'notification_months',
    keeps: 'notifications: 90 days, whole months at once',
    count: rows.countExpiredMonths('notifications'),
    sweep: rows.dropExpiredMonth('notifications'),
    batch: 1,
  },
  {
    name: 'notifications',
    keeps: 'notifications: 90 days, the days that a whole month does not cover',
    count: rows.countOldNotifications,
    sweep: rows.deleteOldNotifications,
  },
  {
    name: 'notification_deliveries',
    keeps: 'that something was told: 90 days',
    count: rows.countOldDeliveries,
    sweep: rows.deleteOldDeliveries,
  },
  {
    name: 'sessions',
    keeps: 'sessions: 24 hours in the cache, the row for 30 days',
    doneBy: 'identity.sweep_sessions.v1',
  },
  {
    name: 'media_noted',
    keeps: 'media: it is noted since when nobody uses it; counted here is what nobody did for 6 months',
    count: (db) => countUnusedMedia(db, 6),
    sweep: (tx, size) => noteUnusedMedia(tx, size),
  },
  {
    name: 'media_unused',
    keeps: 'media that nobody used for 12 months: files and row go',
    count: (db) => countUnusedMedia(db, 12),
    sweep: (tx, size) => releaseUnusedMedia(tx, size),
    doneBy: 'content.sweep_media.v1',
  },
  {
    name: 'programs_deleted',
    keeps: 'deleted programs: thirty days, unless somebody ever enrolled',
    count: rows.countGonePrograms,
    sweep: rows.deleteGonePrograms,
    batch: 20,
  },
  {
    name: 'partners_deleted',
    keeps: 'deleted partners: thirty days',
    count: rows.countGonePartners,
    sweep: rows.deleteGonePartners,
    batch: 20,
  },
]

async function warn(tx: Db, size: number, services: RetentionServices): Promise<number> {
  await rows.forgetNotices(tx)
  const people = await rows.warnInactive(tx, size)
  for (const person of people) await tell(tx, services, person, { closed: false })
  return people.length
}

async function close(tx: Db, size: number, services: RetentionServices): Promise<number> {
  await rows.forgetNotices(tx)
  const people = await rows.holdUnused(tx, size)
  if (people.length === 0) return 0
  const ids = people.map(({ user_id }) => user_id)
  await closeUsers(tx, ids)
  await rows.eraseLater(tx, people, services.config.erasureGraceDays)
  for (const person of people) await tell(tx, services, person, { closed: true })
  await tellReaders(tx)
  return people.length
}

async function tell(
  tx: Db,
  services: RetentionServices,
  { user_id, email }: rows.Person,
  params: { closed: boolean },
): Promise<void> {
  await queueMessage(tx, services, { template: accountUnused, userId: user_id, recipient: email, params })
}
