import type { Problem } from '#lib/api/types.ts'
import { m } from '#lib/paraglide/messages.js'
import { getLocale } from '#lib/paraglide/runtime.js'

/** Codes that people meet, in their words; others are said in general, in English with the API's own sentence. */
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
  return inEnglish(problem.detail) ?? m.problem_general()
}

/** The rules of the API's schemas, by the codes under which it says that one is broken. */
const RULES: Readonly<Record<string, () => string>> = {
  required: m.field_needed,
  minLength: m.field_too_short,
  maxLength: m.field_too_long,
  pattern: m.field_form,
  format: m.field_form,
  type: m.field_form,
  choice: m.field_choice,
  const: m.field_choice,
  enum: m.field_choice,
  minItems: m.field_too_few,
  maxItems: m.field_too_many,
  uniqueItems: m.field_twice,
  minimum: m.field_too_small,
  exclusiveMinimum: m.field_too_small,
  maximum: m.field_too_large,
  exclusiveMaximum: m.field_too_large,
  text: m.field_characters,
}

/** What is wrong with one field of a form, when it is that field. */
export function fieldError(problem: Problem | null | undefined, name: string): string | null {
  const found = problem?.errors.find(
    ({ pointer }) => pointer === `/${name}` || pointer.startsWith(`/${name}/`),
  )
  if (!found) return null
  return RULES[found.code]?.() ?? inEnglish(found.detail) ?? m.field_wrong()
}

/** The API's own sentences are English: for others they say less than nothing. */
function inEnglish(detail: string): string | null {
  return getLocale() === 'en' && detail !== '' ? detail : null
}
