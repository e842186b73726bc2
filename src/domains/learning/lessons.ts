import type { Actor } from '../../platform/actor.ts'
import { forbidden, notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { type LessonReading, readLessonRow } from './queries/lesson.ts'
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

/**
 * One lesson with its place in the module and the program, what comes before and after it, and the reader's progress, as
 * JSON text. A preview is everybody's. 404 `lesson.not_found`, 403 `enrollment.required`, `lesson.locked`.
 */
export async function readLesson({ db }: Services, actor: Actor | null, lessonId: string): Promise<string> {
  const reading = await readLessonRow(db.anonymous, actor?.userId ?? null, lessonId)
  if (!reading) throw notFound('lesson', lessonId)
  if (reading.reply === null) throw refusal(reading.lockedBy)
  return reading.reply
}

/** Why a lesson is not open to somebody, said where it is read and where progress is reported. */
export function refusal(lockedBy: LessonReading['lockedBy']) {
  return lockedBy === 'enrollment'
    ? forbidden('enrollment.required', 'Enrol in the program of this lesson first.')
    : forbidden(
        'lesson.locked',
        'This lesson opens later: on its date, or when the module before it is done.',
      )
}
