import { catalogueQuery } from '#lib/learning/catalogue.ts'
import { need, optional } from '#lib/server/answers.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const query = catalogueQuery(url.searchParams)
  const [page, facets] = await Promise.all([
    need(locals.api.GET('/api/v1/programs', { params: { query } })),
    optional(locals.api.GET('/api/v1/program-facets')),
  ])
  return { query, page, facets }
}
