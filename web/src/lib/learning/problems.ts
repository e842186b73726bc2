import { m } from '#lib/paraglide/messages.js'
import { sayProblems } from '#lib/problems.ts'

/** Why something of learning was refused, in the reader's words. */
export const learningProblem = sayProblems({
  'enrollment.required': m.learning_error_enrol,
  'enrollment.payment_required': m.learning_error_paid,
  'enrollment.suspended': m.learning_error_suspended,
  'lesson.locked': m.learning_error_locked,
  'lesson.not_found': m.learning_error_gone,
})
