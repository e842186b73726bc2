import type { Actor } from '../../platform/actor.ts'
import { notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { MODULE_LESSONS } from './queries/program.ts'

/**
 * P2: a module's lessons as JSON text, as far as this reader may have them: bodies when enrolled and unlocked, or of a
 * preview; answers never. Nobody's page is cached, so a lesson is open at once. 404 `module.not_found`.
 */
export async function readLessons({ db }: Services, actor: Actor | null, moduleId: string): Promise<string> {
  const lessons = await db.text(MODULE_LESSONS, [actor?.userId ?? null, moduleId])
  if (lessons === null) throw notFound('module', moduleId)
  return lessons
}
