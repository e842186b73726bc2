import { oneOf } from '#lib/admin/words.ts'
import { CHANNELS } from '#lib/desk/words.ts'
import { outcome } from '#lib/server/acts.ts'
import { field, need } from '#lib/server/answers.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals: { api }, url }) => {
  const cursor = url.searchParams.get('cursor')
  const channel = oneOf(CHANNELS, url.searchParams.get('channel') ?? '')
  const query = { ...(channel && { channel }), ...(cursor && { cursor }) }
  return {
    channel,
    list: await need(api.GET('/api/v1/admin/notifications/dead-letters', { params: { query } })),
  }
}

export const actions: Actions = {
  default: async ({ locals: { api }, request }) => {
    const form = await request.formData()
    const [source_event, user_id, error] = ['source_event', 'user_id', 'error'].map((name) =>
      field(form, name),
    )
    const body = {
      channel: oneOf(CHANNELS, field(form, 'channel')) ?? 'email',
      ...(source_event && { source_event }),
      ...(user_id && { user_id }),
      ...(error && { error }),
    }
    const answer = await api.POST('/api/v1/admin/notifications/dead-letters/retries', { body })
    return answer.error ? outcome(answer, form) : { retried: answer.data.retried }
  },
}
