import type { Problem } from '#lib/api/types.ts'
import { m } from '#lib/paraglide/messages.js'

/** Codes that people meet, in their words; others are said in general, with the API's own sentence. */
const TEXTS: Readonly<Record<string, () => string>> = {
  'api.unreachable': m.problem_unreachable,
  'request.invalid': m.problem_invalid,
  'request.too_many': m.problem_too_many,
  'auth.required': m.problem_sign_in,
  'auth.session_expired': m.problem_sign_in,
  'auth.forbidden': m.problem_forbidden,
  'platform.maintenance': m.problem_maintenance,
}

/** Areas add the codes of their own pages, when those are loaded. */
export function sayProblems(texts: Readonly<Record<string, () => string>>): (problem: Problem) => string {
  return (problem) => texts[problem.code]?.() ?? problemText(problem)
}

export function problemText(problem: Problem): string {
  const known = TEXTS[problem.code]
  if (known) return known()
  if (problem.status >= 500) return m.problem_unreachable()
  return problem.detail || m.problem_general()
}

/** What is wrong with one field of a form, when it is that field. */
export function fieldError(problem: Problem | null | undefined, name: string): string | null {
  const found = problem?.errors.find(
    ({ pointer }) => pointer === `/${name}` || pointer.startsWith(`/${name}/`),
  )
  return found?.detail ?? null
}
