import { oneOf } from '#lib/admin/words.ts'
import { CHANNELS, STATUSES } from '#lib/desk/words.ts'
import { need, optional } from '#lib/server/answers.ts'
import type { PageServerLoad } from './$types'

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export const load: PageServerLoad = async ({ locals: { api }, url }) => {
  const text = (name: string) => url.searchParams.get(name)?.trim() ?? ''
  const [person, kind, day, event] = [text('person'), text('kind'), text('day'), text('event')]
  const [channel, status] = [oneOf(CHANNELS, text('channel')), oneOf(STATUSES, text('status'))]
  const typed = {
    ...(person && { person }),
    ...(kind && { kind }),
    ...(channel && { channel }),
    ...(status && { status }),
    ...(/^\d{4}-\d\d-\d\d$/.test(day) && { day }),
    ...(ID.test(event) && { event }),
  }
  const params = { path: { person } }
  const found =
    person === '' || ID.test(person) ? null : await optional(api.GET('/api/v1/people/{person}', { params }))
  const user_id = ID.test(person) ? person : found?.user_id
  const isLost = person !== '' && user_id === undefined
  const query = {
    ...(user_id && { user_id }),
    ...(/^[a-z_]+\.[a-z_]+$/.test(kind) && { kind }),
    ...(channel && { channel }),
    ...(status && { status }),
    ...(typed.day && { day: typed.day }),
    ...(typed.event && { source_event: typed.event }),
  }
  const cursor = url.searchParams.get('cursor')
  const paged = { query: { ...query, ...(cursor && { cursor }) } }
  const [list, templates] = await Promise.all([
    isLost
      ? { items: [], next_cursor: null }
      : need(api.GET('/api/v1/admin/notifications/deliveries', { params: paged })),
    optional(api.GET('/api/v1/admin/notifications/templates')),
  ])
  return { typed, query, isLost, list, kinds: templates?.items.map(({ fact }) => fact) ?? [] }
}
