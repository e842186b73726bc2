import { redirect } from '@sveltejs/kit'
import { localized, splitLocale } from '#lib/i18n/locale.ts'
import { field, need, refuse } from '#lib/server/answers.ts'
import { ownPath } from '#lib/server/own-path.ts'
import { signedIn } from '#lib/server/signed-in.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  await signedIn(event)
  const { locals, url } = event
  const cursor = url.searchParams.get('cursor')
  const unread = url.searchParams.has('unread')
  const query = { limit: 20, ...(unread && { unread }), ...(cursor && { cursor }) }
  return {
    unread,
    isFirst: cursor === null,
    list: await need(locals.api.GET('/api/v1/me/notifications', { params: { query } })),
  }
}

export const actions: Actions = {
  /** What is looked at has been read. */
  open: async ({ locals, request }) => {
    const form = await request.formData()
    const params = { path: { notification_id: field(form, 'notification_id') } }
    const answer = await locals.api.PUT('/api/v1/me/notifications/{notification_id}/read', { params })
    if (answer.error) return refuse(answer, form)
    const { path } = splitLocale(ownPath(form.get('to'), '/notifications'))
    throw redirect(303, localized(locals.locale, path))
  },

  read_all: async ({ locals, request }) => {
    const form = await request.formData()
    const body = { up_to: field(form, 'up_to') }
    const answer = await locals.api.PUT('/api/v1/me/notifications/read', { body })
    if (answer.error) return refuse(answer, form)
    throw redirect(303, localized(locals.locale, '/notifications'))
  },
}
