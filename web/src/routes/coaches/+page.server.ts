import { coachFilters, coachQuery } from '#lib/coaches/query.ts'
import { need, optional } from '#lib/server/answers.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const filters = coachFilters(url)
  const cursor = url.searchParams.get('cursor')
  const skill = filters.skill && (await skillNamed(locals, filters.skill))
  const query = coachQuery({ ...filters, skill }, cursor)
  return {
    filters: { ...filters, skill },
    isFirst: cursor === null,
    coaches: await need(locals.api.GET('/api/v1/coaches', { params: { query } })),
  }
}

/** The directory knows skills as they are written in the taxonomy; who types one by hand may write it smaller, or half of it. */
async function skillNamed({ api }: App.Locals, typed: string): Promise<string> {
  const query = { category: 'skill', q: typed.slice(0, 100) } as const
  const tags = await optional(api.GET('/api/v1/tags', { params: { query } }))
  const names = tags?.items.map(({ name }) => name) ?? []
  const same = names.find((name) => name.toLowerCase() === typed.toLowerCase())
  return same ?? (names.length === 1 ? (names[0] ?? typed) : typed)
}
