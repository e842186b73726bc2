import { redirect } from '@sveltejs/kit'
import { setReaction } from '#lib/community/reacting.ts'
import { localized } from '#lib/i18n/locale.ts'
import { field } from '#lib/server/answers.ts'
import { ownPath } from '#lib/server/own-path.ts'
import type { RequestHandler } from './$types'

/** Where a reaction's form is sent without JavaScript; then back to its page. */
export const POST: RequestHandler = async ({ request, locals }) => {
  const form = await request.formData()
  const back = ownPath(form.get('to'), localized(locals.locale, '/community'))
  const target = {
    of: field(form, 'of') === 'comment' ? 'comment' : 'post',
    id: field(form, 'id'),
    kind: field(form, 'kind') === 'bookmark' ? 'bookmark' : 'like',
  } as const
  const { response } = await setReaction(locals.api, target, field(form, 'on') !== '')
  if (response.status === 401) {
    throw redirect(303, `${localized(locals.locale, '/sign-in')}?return_to=${encodeURIComponent(back)}`)
  }
  throw redirect(303, back)
}
