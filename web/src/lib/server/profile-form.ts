import type { Api } from '#lib/api/client.ts'
import type { Problem } from '#lib/api/types.ts'
import { pointAtRows } from '#lib/people/rows.ts'
import { field, refuse } from './answers.ts'

type Answer = { readonly error?: Pick<Problem, 'errors'>; readonly response: Response }

/** So that a form that was opened before another change overwrites nothing unseen. */
export const ifSeen = (form: FormData) => ({ 'if-match': field(form, 'tag') || '*' })

/**
 * The refusal of a form of the profile. Where the profile was changed meanwhile, which the refusal says, the present version
 * comes with it: what was typed stays, and saving it again is knowing of the other change. `at`: see `rowsOf`.
 */
export async function refuseProfile(api: Api, answer: Answer, form: FormData, at: readonly number[] = []) {
  if (answer.response.status === 412) {
    const { response } = await api.GET('/api/v1/me/profile')
    form.set('tag', response.headers.get('etag') ?? field(form, 'tag'))
  }
  return refuse({ ...answer, error: answer.error && pointAtRows(answer.error, at) }, form)
}
