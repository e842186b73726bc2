import { api } from '#lib/api/browser.ts'
import type { Suggest } from './suggestion.ts'

/** Skills of the taxonomy, by their names. */
export const suggestSkills: Suggest = async (typed) => {
  const { data } = await api.GET('/api/v1/tags', { params: { query: { category: 'skill', q: typed } } })
  return data ? data.items.slice(0, 8).map(({ tag_id, name }) => ({ id: tag_id, label: name })) : null
}
