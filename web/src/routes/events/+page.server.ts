import { eventFilters, eventQuery } from '#lib/events/query.ts'
import { need } from '#lib/server/answers.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const filters = eventFilters(url)
  const cursor = url.searchParams.get('cursor')
  const query = eventQuery(filters, cursor)
  return {
    filters,
    isFirst: cursor === null,
    events: await need(locals.api.GET('/api/v1/events', { params: { query } })),
  }
}
