import { error, fail } from '@sveltejs/kit'
import type { Problem } from '#lib/api/types.ts'
import { typed } from '#lib/typed.ts'

type Answer<T> = { readonly data?: T; readonly error?: unknown; readonly response: Response }

/** What was asked for; a refusal becomes the page that says so (404, 403, 503 …). */
export async function need<T>(asked: Promise<Answer<T>>): Promise<NonNullable<T>> {
  const answer = await asked
  if (answer.data !== undefined && answer.data !== null) return answer.data
  const problem = problemOf(answer)
  // What the address asks for in a form that nothing has is not there.
  throw error(problem.status === 400 ? 404 : problem.status, {
    message: problem.detail,
    code: problem.code,
    ...(problem.request_id !== undefined && { requestId: problem.request_id }),
  })
}

/** For a part of a page that may be missing: null when it cannot be had, and the rest is shown. */
export async function optional<T>(asked: Promise<Answer<T>>): Promise<NonNullable<T> | null> {
  const { data } = await asked
  return data ?? null
}

/** What forms show again: the problem by code and by field, and what was typed. */
export type Refused = {
  readonly problem: Problem
  readonly values: Readonly<Record<string, string>>
}

/** The refusal of a form, with what was typed (never a password) so that nothing is lost. */
export function refuse(answer: Answer<unknown>, form: FormData) {
  const problem = problemOf(answer)
  return fail(problem.status, { problem, values: typed(form) } satisfies Refused)
}

/** A refusal that we notice ourselves, before the API is asked. */
export function refuseField(form: FormData, field: string, code: string) {
  const errors = [{ pointer: `/${field}`, code, detail: code }]
  const problem = { status: 422, code: 'request.invalid', detail: 'Some fields need attention.', errors }
  return fail(422, { problem, values: typed(form) } satisfies Refused)
}

export function problemOf({ error: body, response }: Answer<unknown>): Problem {
  if (isProblem(body)) return body
  return {
    status: response.status || 503,
    code: 'api.unreachable',
    detail: 'The API cannot be reached.',
    errors: [],
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'status' in body
}

/** A field of a form as text; absent is empty. */
export function field(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}
