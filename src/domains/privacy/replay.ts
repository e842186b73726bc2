import { audit } from '../../platform/audit/index.ts'
import type { Database } from '../../platform/db/index.ts'
import { enqueue } from '../../platform/jobs/index.ts'
import type { Storage } from '../../platform/storage/index.ts'
import { type ErasedPerson, erasedPeople } from './erased-list.ts'
import { endGrace, isBack, reopenErasure } from './queries/erasures.ts'
import { type Person, personNamed } from './queries/needles.ts'

export const PURGE_PERSON = 'privacy.purge_person.v1'

/** By id, address or username; undefined where nobody is called so. */
export function operatorsPerson(db: Database, login: string): Promise<Person | undefined> {
  return db.transaction(null, (tx) => personNamed(tx, login), { readOnly: true })
}

/** By the operator: whoever waits to be erased is erased now. Undefined: nobody of this id waits. */
export function purgeNow(db: Database, userId: string): Promise<string | undefined> {
  return db.transaction(null, async (tx) => {
    const erasureId = await endGrace(tx, userId)
    if (erasureId === undefined) return undefined
    await enqueue(tx, PURGE_PERSON, { erasure_id: erasureId }, { key: `${PURGE_PERSON}:${erasureId}` })
    await audit(tx, {
      actor: null,
      action: 'privacy.erasure_hastened',
      entityType: 'user',
      entityId: userId,
      retentionClass: 'security',
      severity: 'warning',
      metadata: { erasure_id: erasureId },
    })
    return erasureId
  })
}

/** Everybody of the list of erased people who is there again: after a restore of a backup from before. */
export async function* peopleWhoAreBack(db: Database, storage: Storage): AsyncIterable<ErasedPerson> {
  for await (const person of erasedPeople(storage)) {
    if (await db.transaction(null, (tx) => isBack(tx, person.user_id), { readOnly: true })) yield person
  }
}

/** Asks the worker to erase them again. Answers the erasure's id. */
export function eraseAgain(db: Database, { user_id, public_writing }: ErasedPerson): Promise<string> {
  return db.transaction(null, async (tx) => {
    const erasureId = await reopenErasure(tx, user_id, public_writing)
    await enqueue(tx, PURGE_PERSON, { erasure_id: erasureId }, { key: `${PURGE_PERSON}:${erasureId}` })
    return erasureId
  })
}
