import type { Database, Db } from '../../platform/db/index.ts'
import { publishFact } from '../../platform/facts/index.ts'
import { queueMessage } from '../../platform/messages/index.ts'
import type { Services } from '../../platform/services.ts'
import { alertRaised } from './mail/alert-raised.ts'
import {
  type AlertKind,
  auditFindings,
  deleteOldAlerts,
  type Finding,
  moneyFindings,
  raiseAlert,
  type Watcher,
  watchers,
} from './queries/alerts.ts'

/**
 * Looks for what §11.5 wants to be known, and tells everybody who looks after the platform: in the application always, by
 * mail what is urgent. A fact, its notifications and its mails are one transaction, so that each is told, and told once.
 */
export async function raiseAlerts(
  services: Pick<Services, 'fields'>,
  db: Database,
  count: (kind: AlertKind) => void,
): Promise<void> {
  const found = [
    ...(await db.transaction(null, auditFindings)),
    ...(await db.transaction(null, moneyFindings)),
  ]
  for (const finding of found) {
    if (await db.transaction(null, (tx) => raise(services, tx, finding))) count(finding.kind)
  }
  await db.transaction(null, deleteOldAlerts)
}

async function raise(services: Pick<Services, 'fields'>, tx: Db, finding: Finding): Promise<boolean> {
  if (!(await raiseAlert(tx, finding))) return false
  const { kind, log_id } = finding
  const all = await watchers(tx)
  await publishFact(tx, {
    name: 'analytics.alert_raised',
    actor: null,
    reference: log_id === null ? null : { type: 'audit', id: log_id },
    params: { kind },
    recipients: all.map(({ user_id }) => user_id),
  })
  for (const watcher of all) await mail(services, tx, finding, watcher)
  return true
}

async function mail(
  services: Pick<Services, 'fields'>,
  tx: Db,
  { kind, log_id, urgent, fact }: Finding,
  { user_id: userId, email, email_verified }: Watcher,
): Promise<void> {
  if (!urgent || !email_verified) return
  const dedupeKey = `alert ${kind} ${fact} ${userId}`.slice(0, 200)
  await queueMessage(tx, services, {
    template: alertRaised,
    userId,
    recipient: email,
    params: { kind, log_id },
    dedupeKey,
  })
}
