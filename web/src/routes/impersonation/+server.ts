import { error, redirect } from '@sveltejs/kit'
import { localized } from '#lib/i18n/locale.ts'
import type { RequestHandler } from './$types'

/** Ends the session that acts for somebody else; one's own was given up for it, so that one signs in anew. */
export const POST: RequestHandler = async ({ locals }) => {
  const answer = await locals.api.DELETE('/api/v1/auth/impersonation')
  // Who acts for nobody, or whose minutes are over, has what they asked for.
  if (answer.error && ![401, 404].includes(answer.response.status)) {
    throw error(503, { message: 'The session could not be ended.', code: answer.error.code })
  }
  const back = encodeURIComponent(localized(locals.locale, '/admin/people'))
  throw redirect(303, `${localized(locals.locale, '/sign-in')}?return_to=${back}`)
}
