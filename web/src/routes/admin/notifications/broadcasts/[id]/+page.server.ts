import { redirect } from '@sveltejs/kit'
import { localized } from '#lib/i18n/locale.ts'
import { outcome } from '#lib/server/acts.ts'
import { field, need, optional, refuse, refuseField } from '#lib/server/answers.ts'
import { broadcastOf } from '#lib/server/broadcast-form.ts'
import type { Actions, PageServerLoad } from './$types'

const pathOf = (id: string) => ({ path: { broadcast_id: id } })

export const load: PageServerLoad = async ({ locals: { api }, params }) => {
  const path = { params: pathOf(params.id) }
  const one = await need(api.GET('/api/v1/admin/notifications/broadcasts/{broadcast_id}', path))
  const reach =
    one.status === 'draft'
      ? await optional(api.GET('/api/v1/admin/notifications/broadcasts/{broadcast_id}/reach', path))
      : null
  return { one, reach }
}

export const actions: Actions = {
  change: async ({ locals: { api }, params, request }) => {
    const form = await request.formData()
    const body = await broadcastOf(api, form)
    if (!body) return refuseField(form, 'of', 'broadcast.segment_invalid')
    const answer = await api.PUT('/api/v1/admin/notifications/broadcasts/{broadcast_id}', {
      params: pathOf(params.id),
      body,
    })
    return outcome(answer, form)
  },

  send: async ({ locals: { api }, params, request }) => {
    const form = await request.formData()
    const body = { people: Number(field(form, 'people')) || 0 }
    const answer = await api.PUT('/api/v1/admin/notifications/broadcasts/{broadcast_id}/sending', {
      params: pathOf(params.id),
      body,
    })
    return outcome(answer, form)
  },

  stop: async ({ locals: { api }, params, request }) => {
    const form = await request.formData()
    const answer = await api.DELETE('/api/v1/admin/notifications/broadcasts/{broadcast_id}/sending', {
      params: pathOf(params.id),
    })
    return outcome(answer, form)
  },

  discard: async ({ locals, params, request }) => {
    const form = await request.formData()
    const answer = await locals.api.DELETE('/api/v1/admin/notifications/broadcasts/{broadcast_id}', {
      params: pathOf(params.id),
    })
    if (answer.error) return refuse(answer, form)
    throw redirect(303, localized(locals.locale, '/admin/notifications/broadcasts'))
  },
}
