import { filtersOf } from '#lib/find/address.ts'
import { need } from '#lib/server/answers.ts'
import type { PageServerLoad } from './$types'

const KINDS = ['programs', 'people', 'posts', 'events'] as const
const LEAST = 2

export const load: PageServerLoad = async ({ locals, url }) => {
  const asked = filtersOf(url, ['q', 'type'])
  const type = KINDS.find((one) => one === asked.type) ?? null
  const { q } = asked
  if (q.length < LEAST) return { q, type, found: null }
  const query = { q, limit: type ? 20 : 5, ...(type && { type }) }
  return { q, type, found: await need(locals.api.GET('/api/v1/search', { params: { query } })) }
}
