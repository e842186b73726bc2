import pg from 'pg'
import type { Actor } from '../../platform/actor.ts'
import { conflict, notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { tellDirectory } from './directory.ts'
import { forgetMe } from './me-cache.ts'
import { deleteSkill, PERSON_SKILLS, putSkill } from './queries/skills.ts'

/** Somebody's skills with who vouches for them, as JSON text. 404 for who is hidden from the reader, or not there. */
export async function readSkills({ db }: Services, actor: Actor | null, userId: string): Promise<string> {
  const json = await (actor ? db.textAs(actor, PERSON_SKILLS, [userId]) : db.text(PERSON_SKILLS, [userId]))
  if (json === null) throw notFound('person', userId)
  return json
}

/** 404 `skill.not_found` for a tag that is no skill; 409 `skill.too_many` beyond fifty. */
export async function addSkill(
  services: Services,
  actor: Actor,
  { tag_id, level }: { tag_id: string; level: string },
): Promise<void> {
  try {
    await services.db.transaction(actor, async (tx) => {
      if (!(await putSkill(tx, actor.userId, tag_id, level))) throw notFound('skill', tag_id)
      await tellDirectory(tx, actor)
    })
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.constraint === 'fifty_skills')
      throw conflict('skill.too_many', 'A person has fifty skills at most; take one away first.')
    throw error
  }
  await forgetMe(services, actor.userId)
}

/** With the skill go its endorsements. Nothing happens where there was none. */
export async function removeSkill(services: Services, actor: Actor, tagId: string): Promise<void> {
  await services.db.transaction(actor, async (tx) => {
    await deleteSkill(tx, actor.userId, tagId)
    await tellDirectory(tx, actor)
  })
  await forgetMe(services, actor.userId)
}
