import { fail } from '@sveltejs/kit'
import { typed } from '#lib/typed.ts'
import { problemOf } from './answers.ts'

/** For pages of several forms: the refusal of one of them, which shows it and no other. */
export function refusedIn<W extends string>(
  which: W,
  answer: Parameters<typeof problemOf>[0],
  form: FormData,
) {
  const problem = problemOf(answer)
  return fail(problem.status, { which, problem, values: typed(form) })
}

/** A refusal that we notice ourselves: the code of what is wrong with a field. */
export function refusedField<W extends string>(which: W, form: FormData, field: string, code: string) {
  const errors = [{ pointer: `/${field}`, code, detail: '' }]
  return fail(422, {
    which,
    problem: { status: 422, code: 'request.invalid', detail: '', errors },
    values: typed(form),
  })
}
