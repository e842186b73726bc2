import { redirect } from '@sveltejs/kit'
import { localized } from '#lib/i18n/locale.ts'
import { field, need, refuse, refuseField } from '#lib/server/answers.ts'
import { broadcastOf } from '#lib/server/broadcast-form.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals: { api }, url }) => {
  const cursor = url.searchParams.get('cursor')
  const query = cursor ? { cursor } : {}
  return {
    list: await need(api.GET('/api/v1/admin/notifications/broadcasts', { params: { query } })),
    formKey: crypto.randomUUID(),
  }
}

export const actions: Actions = {
  default: async ({ locals, request }) => {
    const form = await request.formData()
    const body = await broadcastOf(locals.api, form)
    if (!body) return refuseField(form, 'of', 'broadcast.segment_invalid')
    const header = { 'idempotency-key': field(form, 'key') || crypto.randomUUID() }
    const answer = await locals.api.POST('/api/v1/admin/notifications/broadcasts', {
      body,
      params: { header },
    })
    if (answer.error) return refuse(answer, form)
    throw redirect(
      303,
      localized(locals.locale, `/admin/notifications/broadcasts/${answer.data.broadcast_id}`),
    )
  },
}
