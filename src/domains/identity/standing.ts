import type { Actor } from '../../platform/actor.ts'
import type { Db } from '../../platform/db/index.ts'
import { forbidden, notFound } from '../../platform/errors.ts'
import { may } from './permissions.ts'
import { heldStandingOf, type Standing, standingOf } from './queries/standing.ts'

/** 404 for who is not there, or no more than a tombstone. */
export async function personSeen(tx: Db, userId: string): Promise<Standing> {
  const person = await standingOf(tx, userId)
  if (!person) throw notFound('person', userId)
  return person
}

/** Somebody whom this actor may do something to, held until the commit so that nobody signs them in meanwhile. 404, 403. */
export async function personInCare(tx: Db, actor: Actor, userId: string): Promise<Standing> {
  const person = await personSeen(tx, userId)
  assertInCare(actor, person)
  return (await heldStandingOf(tx, userId)) ?? person
}

/** What row security holds too, told in words: staff is looked after by super admins, and nobody by themselves. */
function assertInCare(actor: Actor, { user_id, is_staff }: Standing): void {
  if (user_id === actor.userId) throw forbidden('person.yourself', 'This is for somebody else to do.')
  if (is_staff && !may(actor, 'people.manage_staff')) {
    throw forbidden('person.is_staff', 'Only a super admin does this to staff.')
  }
}
