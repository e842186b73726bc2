import { filtersOf } from '#lib/find/address.ts'
import { TYPES } from '#lib/partners/words.ts'
import { need } from '#lib/server/answers.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const filters = filtersOf(url, ['type', 'country'])
  const cursor = url.searchParams.get('cursor')
  const type = TYPES.find((one) => one === filters.type)
  const query = {
    ...(type && { type }),
    ...(/^[A-Z]{2}$/.test(filters.country) && { country: filters.country }),
    ...(cursor && { cursor }),
  }
  return {
    filters: { ...filters, type: type ?? '' },
    query,
    isFirst: cursor === null,
    partners: await need(locals.api.GET('/api/v1/partners', { params: { query } })),
  }
}
