import pg from 'pg'
import type { Actor } from '../../platform/actor.ts'
import { conflict, notFound } from '../../platform/errors.ts'
import { publishFact } from '../../platform/facts/index.ts'
import type { Services } from '../../platform/services.ts'
import { deleteEndorsement, insertEndorsement, mayPersonBeSeen } from './queries/skills.ts'

type Skill = { readonly user_id: string; readonly tag_id: string }

/**
 * Vouches for somebody's skill; the second time changes nothing. 404 `skill.not_found` where there is none, or its
 * owner is hidden from the actor: which of the two is not said. 409 `endorsement.own_skill`.
 */
export async function endorse({ db }: Services, actor: Actor, { user_id, tag_id }: Skill): Promise<void> {
  if (user_id === actor.userId) throw conflict('endorsement.own_skill', 'Others vouch for your skills.')
  try {
    await db.transaction(actor, async (tx) => {
      if (!(await mayPersonBeSeen(tx, user_id))) throw notFound('skill', tag_id)
      await insertEndorsement(tx, { user_id, tag_id, endorser_id: actor.userId })
      await publishFact(tx, {
        name: 'identity.skill_endorsed',
        actor: actor.userId,
        reference: { type: 'tag', id: tag_id },
        recipients: [user_id],
        once: `identity.skill_endorsed ${actor.userId} ${user_id} ${tag_id}`,
      })
    })
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.constraint === 'endorsed_skill')
      throw notFound('skill', tag_id)
    throw error
  }
}

/** Takes it back, also from somebody who has hidden since; nothing happens where there was none. */
export function withdrawEndorsement(
  { db }: Services,
  actor: Actor,
  { user_id, tag_id }: Skill,
): Promise<void> {
  return db.transaction(actor, (tx) => deleteEndorsement(tx, { user_id, tag_id, endorser_id: actor.userId }))
}
