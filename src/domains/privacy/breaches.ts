import pg from 'pg'
import type { Static } from 'typebox'
import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { decodeCursor, FIRST_ID, filterDigest, LAST_ID, PAGE } from '../../platform/cursor.ts'
import { type Db, pageSize } from '../../platform/db/index.ts'
import { badRequest, conflict, notFound } from '../../platform/errors.ts'
import { enqueue } from '../../platform/jobs/index.ts'
import type { Services } from '../../platform/services.ts'
import { recordReadText } from '../identity/index.ts'
import {
  addPeopleById,
  addPeopleByQuery,
  affectedPage,
  BREACH,
  breachPage,
  countPeople,
  findBreach,
  insertBreach,
  markAuthorityTold,
  markPeopleTold,
  updateBreach,
} from './queries/breaches.ts'
import type { Affected, BreachChange, NewBreach } from './schemas/breaches.ts'

/** The job that tells everybody on the list. */
export const TELL_BREACH = 'privacy.tell_breach.v1'

type Paging = { readonly cursor?: string; readonly limit?: number }

/** The register as JSON text, the newest first. */
export async function readBreaches(
  { db }: Services,
  actor: Actor,
  { cursor, limit = PAGE }: Paging,
): Promise<string> {
  const before = cursor
    ? decodeCursor(cursor, { sort: 'discovered_at', filter: {}, length: 2 })
    : ['infinity', LAST_ID]
  return (await db.textAs(actor, breachPage(pageSize(limit)), [...before, filterDigest({}), limit])) ?? ''
}

/** 404 `data_breach.not_found`. */
export async function readBreach({ db }: Services, actor: Actor, breachId: string): Promise<string> {
  const text = await db.textAs(actor, BREACH, [breachId])
  if (text === null) throw notFound('data_breach', breachId)
  return text
}

/** The 72 hours run from when it was discovered, which is now unless it was before. */
export async function recordBreach(
  services: Services,
  actor: Actor,
  { notice, ...breach }: Static<typeof NewBreach>,
): Promise<string> {
  const breachId = await services.db.transaction(actor, async (tx) => {
    const id = await insertBreach(tx, {
      ...breach,
      ...(notice && { notice: JSON.stringify(notice) }),
      recorded_by: actor.userId,
    })
    await record(tx, actor, 'privacy.breach_recorded', id, { severity: breach.severity })
    return id
  })
  return readBreach(services, actor, breachId)
}

/** What was written before stays in its history. 400 `data_breach.clock_runs`, 409 `data_breach.unanswered`. */
export async function changeBreach(
  services: Services,
  actor: Actor,
  breachId: string,
  { notice, ...change }: Static<typeof BreachChange>,
): Promise<string> {
  const work = services.db.transaction(actor, async (tx) => {
    const columns = {
      ...change,
      ...(notice !== undefined && { notice: notice === null ? null : JSON.stringify(notice) }),
    }
    if (!(await updateBreach(tx, breachId, columns))) throw notFound('data_breach', breachId)
    await record(tx, actor, 'privacy.breach_changed', breachId, {}, Object.keys(columns))
  })
  await work.catch((error: unknown) => {
    const constraint = error instanceof pg.DatabaseError ? error.constraint : undefined
    if (constraint === 'clock_runs')
      throw badRequest('data_breach.clock_runs', 'It was not discovered later than it was.', '/discovered_at')
    if (constraint === 'closed_is_answered' || constraint === 'told_with_words') throw unanswered()
    throw error
  })
  return readBreach(services, actor, breachId)
}

/** Puts people on the list of those whom it concerns, by id or by a query; whoever is on it already stays once. */
export async function addAffected(
  { db }: Services,
  actor: Actor,
  breachId: string,
  { user_ids = [], query }: Static<typeof Affected>,
): Promise<{ added: number; people: number }> {
  return db.transaction(actor, async (tx) => {
    if (!(await findBreach(tx, breachId))) throw notFound('data_breach', breachId)
    const byId = user_ids.length === 0 ? 0 : await addPeopleById(tx, breachId, user_ids)
    const added = byId + (query === undefined ? 0 : await addPeopleByQuery(tx, breachId, query))
    await record(tx, actor, 'privacy.breach_people_added', breachId, { added })
    return { added, people: await countPeople(tx, breachId) }
  })
}

/** Whom it concerns, as JSON text. */
export async function readAffected(
  services: Services,
  actor: Actor,
  breachId: string,
  { cursor, limit = PAGE }: Paging,
): Promise<string> {
  await readBreach(services, actor, breachId)
  const filter = { breach: breachId }
  const after = cursor ? decodeCursor(cursor, { sort: 'user_id', filter, length: 1 }) : [FIRST_ID]
  const values = [...after, filterDigest(filter), limit, breachId]
  const text = (await services.db.textAs(actor, affectedPage(pageSize(limit)), values)) ?? ''
  const person = ({ items }: { items: { user_id: string }[] }) => items.map(({ user_id }) => user_id)
  return recordReadText(services.db, actor, { text, person, columns: ['breach_people.user_id'] })
}

/** That the authority was told, from this moment on for good. 409 `data_breach.authority_told`. */
export async function noteAuthorityTold(
  services: Services,
  actor: Actor,
  breachId: string,
  note: string,
): Promise<string> {
  await services.db.transaction(actor, async (tx) => {
    if (!(await findBreach(tx, breachId))) throw notFound('data_breach', breachId)
    if (!(await markAuthorityTold(tx, breachId, note.trim())))
      throw conflict('data_breach.authority_told', 'It stands in the register that the authority was told.')
    await record(tx, actor, 'privacy.breach_authority_told', breachId)
  })
  return readBreach(services, actor, breachId)
}

/**
 * Mails everybody on the list, each once, however often it is asked for: who was added later is told then. 409
 * `data_breach.no_notice` while there is nothing to read.
 */
export async function tellAffected(services: Services, actor: Actor, breachId: string): Promise<string> {
  await services.db.transaction(actor, async (tx) => {
    const breach = await findBreach(tx, breachId)
    if (!breach) throw notFound('data_breach', breachId)
    if (!breach.has_notice) throw conflict('data_breach.no_notice', 'Write first what people will read.')
    await markPeopleTold(tx, breachId)
    await enqueue(tx, TELL_BREACH, { breach_id: breachId }, { key: `${TELL_BREACH}:${breachId}` })
    await record(tx, actor, 'privacy.breach_people_told', breachId, {
      people: await countPeople(tx, breachId),
    })
  })
  return readBreach(services, actor, breachId)
}

function unanswered() {
  return conflict(
    'data_breach.unanswered',
    'Say first that the authority was told, or why it need not be; and keep what people were told.',
  )
}

function record(
  tx: Db,
  actor: Actor,
  action: string,
  breachId: string,
  metadata?: Readonly<Record<string, string | number>>,
  changes?: readonly string[],
): Promise<void> {
  return audit(tx, {
    actor,
    action,
    entityType: 'data_breach',
    entityId: breachId,
    retentionClass: 'security',
    severity: 'warning',
    ...(metadata && { metadata }),
    ...(changes && { changes }),
  })
}
