import { field, need, optional } from '#lib/server/answers.ts'
import { signedIn } from '#lib/server/signed-in.ts'
import { refusedIn } from '#lib/server/which.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  await signedIn(event)
  const { api } = event.locals
  const [settings, profile, blocks, mutes] = await Promise.all([
    need(api.GET('/api/v1/me/settings')),
    need(api.GET('/api/v1/me/profile')),
    optional(api.GET('/api/v1/me/blocks', { params: { query: { limit: 100 } } })),
    optional(api.GET('/api/v1/me/mutes', { params: { query: { limit: 100 } } })),
  ])
  return { settings, shows: { email: profile.show_email, phone: profile.show_phone }, blocks, mutes }
}

const VISIBILITIES = ['public', 'members_only', 'private'] as const
const SENDERS = ['all', 'connections_only', 'off'] as const

export const actions: Actions = {
  visibility: async ({ locals, request }) => {
    const form = await request.formData()
    const body = {
      profile_visibility: VISIBILITIES.find((one) => one === form.get('profile_visibility')) ?? 'private',
      allow_messages: SENDERS.find((one) => one === form.get('allow_messages')) ?? 'off',
      show_activity: form.has('show_activity'),
    }
    const settings = await locals.api.PATCH('/api/v1/me/settings', { body })
    if (settings.error) return refusedIn('visibility', settings, form)
    const shows = { show_email: form.has('show_email'), show_phone: form.has('show_phone') }
    const profile = await locals.api.PATCH('/api/v1/me/profile', { body: shows })
    if (profile.error) return refusedIn('visibility', profile, form)
    return { which: 'visibility' as const, done: true }
  },

  unblock: async ({ locals, request }) => {
    const form = await request.formData()
    const params = { path: { user_id: field(form, 'user_id') } }
    const answer = await locals.api.DELETE('/api/v1/people/{user_id}/block', { params })
    return answer.error ? refusedIn('lists', answer, form) : { which: 'lists' as const, done: true }
  },

  unmute: async ({ locals, request }) => {
    const form = await request.formData()
    const params = { path: { user_id: field(form, 'user_id') } }
    const answer = await locals.api.DELETE('/api/v1/people/{user_id}/mute', { params })
    return answer.error ? refusedIn('lists', answer, form) : { which: 'lists' as const, done: true }
  },
}
