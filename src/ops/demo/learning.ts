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

/**
 * Lessons in their order, evenly between enrolment and the last visit. The last one touched may be half done, unless it
 * is graded. The enrolment follows as W2 derives it: its percent is the mean of its lessons', rounded down, and it is
 * completed at 100.
 */
export function learn(learner: Learner): Learning {
  const { lessons } = learner.program
  const touched = percents(learner).flatMap((percent, index) => (percent > 0 ? [{ percent, index }] : []))
  const pace = (learner.seenAt - learner.startedAt) / Math.max(1, touched.length)
  const done = touched.map(({ percent, index }) => ({
    lesson: lessons[index]!,
    percent,
    touchedAt: learner.startedAt + (index + 1) * pace,
    seconds: secondsFor(learner, lessons[index]!, percent),
  }))
  const submissions = done.flatMap((one) => submission(learner, one))
  const percent = Math.floor(done.reduce((sum, one) => sum + one.percent, 0) / lessons.length)
  return {
    progress: done.map((one) => progressRow(learner, one)),
    time: done.map(({ lesson, seconds }) => timeRow(learner, lesson, seconds)),
    submissions,
    percent,
    completed: percent === 100,
    score: mean(submissions.map(({ score }) => score)),
    current: done.at(-1)?.lesson ?? lessons[0]!,
  }
}

/** What each lesson stands at, so that together they come to what the content says. */
function percents({ program: { lessons }, progress }: Learner): number[] {
  const exact = (progress / 100) * lessons.length
  return lessons.map((lesson, index) => {
    const percent = Math.round(Math.min(1, Math.max(0, exact - index)) * 100)
    if (percent >= 90 && (progress === 100 || index < lessons.length - 1)) return 100
    return lesson.assessmentId === null && percent > 5 && percent < 100 ? percent : 0
  })
}

/** More or less what the lesson is said to take. */
function secondsFor({ progress }: Learner, { title, minutes }: PlacedLesson, percent: number): number {
  return Math.round(minutes * 60 * (percent / 100) * (0.7 + 0.6 * fraction(title, progress)))
}

type Done = { lesson: PlacedLesson; percent: number; touchedAt: number; seconds: number }

function progressRow(learner: Learner, { lesson, percent, touchedAt, seconds }: Done): Row {
  const begun = Math.max(learner.startedAt, touchedAt - seconds * 1000)
  const position = lesson.videoSeconds === null ? null : Math.round((lesson.videoSeconds * percent) / 100)
  return {
    progress_id: uuidV7(begun),
    user_id: learner.userId,
    lesson_id: lesson.lessonId,
    enrollment_id: learner.enrollmentId,
    progress_percent: percent,
    time_spent_seconds: seconds,
    last_position_seconds: position,
    completed_at: percent === 100 ? iso(touchedAt) : null,
    first_accessed_at: iso(begun),
    last_accessed_at: iso(touchedAt),
    updated_at: iso(touchedAt),
  }
}

/** Spent in one sitting; the progress holds the sum. */
function timeRow({ userId }: Learner, lesson: PlacedLesson, seconds: number): Row {
  return { user_id: userId, lesson_id: lesson.lessonId, client_session_id: randomUUID(), seconds }
}

/** A quiz or assignment is done by passing it: at the first attempt, as well as it takes. */
function submission(learner: Learner, { lesson, touchedAt, seconds }: Done) {
  if (lesson.assessmentId === null) return []
  const { answers, score } = lesson.questions
    ? answered(lesson)
    : { answers: null, score: marked(learner, lesson) }
  return [
    {
      submission_id: uuidV7(touchedAt),
      assessment_id: lesson.assessmentId,
      user_id: learner.userId,
      enrollment_id: learner.enrollmentId,
      attempt_number: 1,
      started_at: iso(Math.max(learner.startedAt, touchedAt - seconds * 1000)),
      submitted_at: iso(Math.max(learner.startedAt, touchedAt - MINUTE)),
      time_taken_seconds: seconds,
      answers,
      score,
      passed: true,
      graded_by: lesson.questions ? null : learner.program.instructorId,
      graded_at: iso(touchedAt),
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
