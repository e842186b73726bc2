import type { Actor } from '../../platform/actor.ts'
import type { Services } from '../../platform/services.ts'
import { AGENDA } from './queries.ts'

const FEW = 5

/** What somebody has booked and is still to come, as JSON text. */
export async function readAgenda({ db }: Services, actor: Actor, limit = FEW): Promise<string> {
  return (await db.textAs(actor, AGENDA, [limit, actor.userId])) ?? ''
}
