import { createHash } from 'node:crypto'
import { audit, forgetOriginKey } from '../../platform/audit/index.ts'
import type { Database, Db } from '../../platform/db/index.ts'
import { enqueue } from '../../platform/jobs/index.ts'
import { queueMessage } from '../../platform/messages/index.ts'
import type { Services } from '../../platform/services.ts'
import { deleteFilesOfPerson } from '../content/index.ts'
import { forgetPerson, refreshPeople, tellReaders } from '../identity/index.ts'
import { listAsErased } from './erased-list.ts'
import { deleteExportsOf } from './export-files.ts'
import { WITHDRAW_EXPORTS } from './export-withdrawal.ts'
import { withPagesForgotten } from './forgetting.ts'
import { accountErased } from './mail/account-erased.ts'
import { HOLDS, STEPS, type Step } from './plan.ts'
import { claimErasure, type Erasure, finishErasure, holdErasure } from './queries/erasures.ts'
import {
  buryPerson,
  clearContact,
  clearDownloads,
  deleteInvitationsTo,
  deletePerson,
  detachApprovals,
  dropJobs,
  holdPerson,
  type Leaving,
  releaseNames,
  removeSpeaker,
} from './queries/person.ts'
import { deleteRowsOf, detachRowsOf, isHeld, scrubRowsOf } from './queries/plan.ts'
import { eraseComments, erasePosts, eraseProjects, eraseReviews } from './queries/writing.ts'

/** Where a purge may be interrupted: tests do so at each. */
export type PurgeStep = 'claimed' | 'listed' | 'files' | 'rows' | 'committed'

/** Table → what was done to it → how many rows: numbers alone. */
export type Done = Record<string, Record<string, number>>

export type PurgeOptions = { readonly reached?: (step: PurgeStep) => void }

/**
 * Erases somebody for good (R11). Files go before the rows that tell of them, and all rows in one transaction with the
 * certificate, so that a crash leaves either what is there to be erased again, or nothing. Safe to repeat; false: there
 * is nothing to do (any more), or its time has not come.
 */
export async function purge(
  services: Services,
  db: Database,
  erasureId: string,
  { reached = () => {} }: PurgeOptions = {},
): Promise<boolean> {
  const erasure = await db.transaction(null, (tx) => claimErasure(tx, erasureId))
  if (!erasure) return false
  const { user_id: userId } = erasure
  reached('claimed')
  await listAsErased(services.storage, erasure)
  reached('listed')
  await deleteFilesOfPerson(db, services.storage, userId)
  await deleteExportsOf(services.storage, userId)
  reached('files')
  // After a restore somebody may be signed in again; their rows go with the others.
  await refreshPeople(services, userId)
  const eraseAll = () =>
    db.transaction(null, async (tx) => {
      const held = await holdErasure(tx, erasureId)
      if (!held) return false
      await eraseRows(services, tx, held)
      reached('rows')
      return true
    })
  const purged = await withPagesForgotten(services, userId, eraseAll)
  await forgetPerson(services, userId)
  await forgetOriginKey(services, userId)
  reached('committed')
  return purged
}

async function eraseRows(services: Services, tx: Db, erasure: Erasure): Promise<void> {
  const { user_id: userId, erasure_id: erasureId } = erasure
  const person = await holdPerson(tx, userId)
  const done: Done = {}
  const note = (table: string, what: string, rows: number) => {
    if (rows > 0) done[table] = { ...done[table], [what]: (done[table]?.[what] ?? 0) + rows }
  }
  if (person) await eraseWriting(tx, erasure, note)
  if (person) await eraseUnkeyed(tx, person, note)
  // Sent one after the other without waiting in between: a hundred round trips would cost more than the work.
  for (const { table, what, rows } of await Promise.all(STEPS.map((step) => carryOut(tx, step, userId))))
    note(table, what, rows)
  const isTombstone = await isHeld(tx, HOLDS, userId)
  if (isTombstone) {
    await buryPerson(tx, userId)
    await releaseNames(tx, userId)
  } else await deletePerson(tx, userId)
  await certify(services, tx, { erasure, person, done, outcome: isTombstone ? 'tombstone' : 'deleted' })
  await tellReaders(tx)
  await enqueue(tx, WITHDRAW_EXPORTS, {})
  await audit(tx, {
    actor: null,
    action: 'privacy.person_erased',
    entityType: 'user',
    entityId: userId,
    retentionClass: 'security',
    metadata: { erasure_id: erasureId, outcome: isTombstone ? 'tombstone' : 'deleted' },
  })
}

type Carried = { readonly table: string; readonly what: string; readonly rows: number }

async function carryOut(tx: Db, step: Step, userId: string): Promise<Carried> {
  const { table, decision, clears } = step
  if (decision === 'delete') return { table, what: 'deleted', rows: await deleteRowsOf(tx, step, userId) }
  if (decision === 'detach') return { table, what: 'detached', rows: await detachRowsOf(tx, step, userId) }
  return { table, what: 'cleared', rows: clears.length === 0 ? 0 : await scrubRowsOf(tx, step, userId) }
}

type Note = (table: string, what: string, rows: number) => void

async function eraseWriting(tx: Db, erasure: Erasure, note: Note): Promise<void> {
  const { user_id: userId, public_writing } = erasure
  const goes = public_writing === 'goes'
  const what = goes ? 'removed' : 'detached or removed'
  note('comments', what, await eraseComments(tx, userId, goes))
  note('posts', what, await erasePosts(tx, userId, goes))
  note('projects', what, await eraseProjects(tx, userId, goes))
  note('program_reviews', 'detached', await eraseReviews(tx, userId, goes))
}

/** What no foreign key tells of. */
async function eraseUnkeyed(tx: Db, { user_id, email, full_name }: Leaving, note: Note): Promise<void> {
  note('partner_invitations', 'deleted', await deleteInvitationsTo(tx, email))
  note('partners', 'cleared', await clearContact(tx, email))
  note('order_items', 'cleared', await clearDownloads(tx, user_id))
  note('events', 'cleared', await removeSpeaker(tx, user_id, full_name))
  await detachApprovals(tx, user_id)
  await dropJobs(tx, user_id)
}

type Certified = {
  readonly erasure: Erasure
  readonly person: Leaving | undefined
  readonly done: Done
  readonly outcome: 'deleted' | 'tombstone'
}

/**
 * What was done, in numbers, with a hash that the person is told by mail: whoever shows the mail can show that the record
 * is the one. The mail is nobody's, since nobody is left; its address stands sealed until it is sent.
 */
async function certify(
  services: Services,
  tx: Db,
  { erasure, person, done, outcome }: Certified,
): Promise<void> {
  const erasedAt = new Date().toISOString()
  const { erasure_id, requested_at, public_writing } = erasure
  const certificate = JSON.stringify({
    erasure_id,
    requested_at,
    erased_at: erasedAt,
    public_writing,
    outcome,
    tables: done,
  })
  const sha256 = createHash('sha256').update(certificate).digest()
  await finishErasure(tx, erasure_id, { outcome, certificate, sha256, erasedAt })
  if (!person || person.erased_at !== null) return
  await queueMessage(tx, services, {
    template: accountErased,
    userId: null,
    recipient: person.email,
    language: person.language,
    params: {
      erasure_id,
      erased_at: erasedAt,
      tables: Object.keys(done).length,
      rows: Object.values(done).reduce((sum, kinds) => sum + erasedOf(kinds), 0),
      stays: outcome === 'tombstone',
      sha256: sha256.toString('hex'),
    },
    dedupeKey: `account_erased:${erasure_id}`,
  })
}

/** Without what only lets go of its author: that stands, and is not erased. */
function erasedOf(kinds: Record<string, number>): number {
  return Object.entries(kinds).reduce(
    (sum, [what, rows]) => (what.startsWith('detached') ? sum : sum + rows),
    0,
  )
}
