import type { Static } from 'typebox'
import type { Actor } from '../../platform/actor.ts'
import { notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { refusal } from './lessons.ts'
import { PROGRAM_PROGRESS } from './queries/program-progress.ts'
import { holdEnrollmentOfLesson, type ProgressOutcome, writeProgress } from './queries/progress.ts'
import type { NewProgress } from './schemas/lessons.ts'

/**
 * W2: how far someone is in a lesson, and with it in the program. Percent only rises, time is merged per client session,
 * so the same report may come any number of times, in any order. A quiz or an assignment stops at 99 until it is
 * graded. Returns JSON text. 404 `lesson.not_found`, 403 `enrollment.required`, `lesson.locked`.
 */
export function recordProgress(
  { db }: Services,
  actor: Actor,
  lessonId: string,
  progress: Static<typeof NewProgress>,
): Promise<string> {
  const report = {
    userId: actor.userId,
    lessonId,
    percent: progress.progress_percent,
    position: progress.last_position_seconds ?? null,
    clientSessionId: progress.client_session_id,
    seconds: progress.time_spent_seconds,
  }
  return db.transaction(actor, async (tx) => {
    // Sent together: the second needs the first's lock and not its answer, so the transaction is two round trips.
    const [, outcome] = await Promise.all([
      holdEnrollmentOfLesson(tx, actor.userId, lessonId),
      writeProgress(tx, report),
    ])
    return written(outcome, lessonId)
  })
}

/** How far one is in a program, lesson by lesson, as JSON text. 403 `enrollment.required`, also where there is no program. */
export async function readProgramProgress(
  { db }: Services,
  actor: Actor,
  programId: string,
): Promise<string> {
  const progress = await db.textAs(actor, PROGRAM_PROGRESS, [actor.userId, programId])
  if (progress === null) throw refusal('enrollment')
  return progress
}

function written(outcome: ProgressOutcome | undefined, lessonId: string): string {
  if (!outcome) throw notFound('lesson', lessonId)
  if (!outcome.enrolled) throw refusal('enrollment')
  if (outcome.locked || outcome.reply === null) throw refusal('sequence')
  return outcome.reply
}
