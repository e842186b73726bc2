import { randomUUID } from 'node:crypto'
import { fraction, uuidV7 } from './ids.ts'
import type { PlacedLesson, PlacedProgram } from './programs.ts'
import type { Row } from './rows.ts'
import { iso, MINUTE } from './times.ts'

type Learner = {
  userId: string
  enrollmentId: string
  program: PlacedProgram
  startedAt: number
  seenAt: number
  /** Roughly, as the content says it; the percent of the enrolment is derived from the lessons. */
  progress: number
}

export type Learning = {
  progress: Row[]
  time: Row[]
  submissions: Row[]
  percent: number
  completed: boolean
  /** The mean of the graded lessons. */
  score: number | null
  /** Where to go on. */
  current: PlacedLesson
}

/** The lessons done, from the first on, evenly between enrolment and the last visit; all of them at 100, never before. */
export function learn(learner: Learner): Learning {
  const { lessons } = learner.program
  const share = Math.round((learner.progress / 100) * lessons.length)
  const count = learner.progress === 100 ? lessons.length : Math.min(share, lessons.length - 1)
  const pace = (learner.seenAt - learner.startedAt) / Math.max(1, count)
  const done = lessons.slice(0, count).map((lesson, index) => ({
    lesson,
    completedAt: learner.startedAt + (index + 1) * pace,
    seconds: Math.round(lesson.minutes * 60 * (0.7 + 0.6 * fraction(lesson.title, learner.progress, index))),
  }))
  const submissions = done.flatMap((one) => submission(learner, one))
  return {
    progress: done.map((one) => progressRow(learner, one)),
    time: done.map(({ lesson, seconds }) => timeRow(learner, lesson, seconds)),
    submissions,
    percent: Math.floor((count / lessons.length) * 100),
    completed: count === lessons.length,
    score: mean(submissions.map(({ score }) => score)),
    current: lessons[Math.min(count, lessons.length - 1)]!,
  }
}

type Done = { lesson: PlacedLesson; completedAt: number; seconds: number }

function progressRow(learner: Learner, { lesson, completedAt, seconds }: Done): Row {
  const begun = Math.max(learner.startedAt, completedAt - seconds * 1000)
  return {
    progress_id: uuidV7(begun),
    user_id: learner.userId,
    lesson_id: lesson.lessonId,
    enrollment_id: learner.enrollmentId,
    progress_percent: 100,
    time_spent_seconds: seconds,
    last_position_seconds: lesson.videoSeconds,
    completed_at: iso(completedAt),
    first_accessed_at: iso(begun),
    last_accessed_at: iso(completedAt),
    updated_at: iso(completedAt),
  }
}

/** Spent in one sitting; the progress holds the sum. */
function timeRow({ userId }: Learner, lesson: PlacedLesson, seconds: number): Row {
  return { user_id: userId, lesson_id: lesson.lessonId, client_session_id: randomUUID(), seconds }
}

/** A quiz or assignment is done by passing it: at the first attempt, as well as it takes. */
function submission(learner: Learner, { lesson, completedAt, seconds }: Done) {
  if (lesson.assessmentId === null) return []
  const { answers, score } = lesson.questions
    ? answered(lesson)
    : { answers: null, score: marked(learner, lesson) }
  return [
    {
      submission_id: uuidV7(completedAt),
      assessment_id: lesson.assessmentId,
      user_id: learner.userId,
      enrollment_id: learner.enrollmentId,
      attempt_number: 1,
      started_at: iso(Math.max(learner.startedAt, completedAt - seconds * 1000)),
      submitted_at: iso(Math.max(learner.startedAt, completedAt - MINUTE)),
      time_taken_seconds: seconds,
      answers,
      score,
      passed: true,
      graded_by: lesson.questions ? null : learner.program.instructorId,
      graded_at: iso(completedAt),
      status: 'graded',
    },
  ]
}

/** Every question right but the last one, where that still passes. */
function answered({ questions, passingScore }: PlacedLesson) {
  const all = questions ?? []
  const oneWrong = Math.round(((all.length - 1) / all.length) * 10_000) / 100
  const perfect = oneWrong < (passingScore ?? 0)
  const answers = all.map(({ answer, options }, index) =>
    perfect || index < all.length - 1 ? answer : (answer + 1) % options.length,
  )
  return { answers, score: perfect ? 100 : oneWrong }
}

/** Between the pass mark and 100. */
function marked(learner: Learner, { title, passingScore }: PlacedLesson): number {
  const pass = passingScore ?? 50
  return Math.round(pass + (98 - pass) * fraction(title, learner.progress, learner.program.title))
}

function mean(scores: readonly number[]): number | null {
  if (scores.length === 0) return null
  return Math.round((scores.reduce((sum, score) => sum + score, 0) / scores.length) * 100) / 100
}
