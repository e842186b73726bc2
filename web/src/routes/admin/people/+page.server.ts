import { oneOf, ROLE_NAMES, STATUS_NAMES } from '#lib/admin/words.ts'
import { need } from '#lib/server/answers.ts'
import type { PageServerLoad } from './$types'

/** With less than that the API does not search: everybody would match. */
const LEAST = 3

export const load: PageServerLoad = async ({ locals: { api }, url }) => {
  const q = url.searchParams.get('q')?.trim().slice(0, 100) ?? ''
  const status = oneOf(STATUS_NAMES, url.searchParams.get('status'))
  const role = oneOf(ROLE_NAMES, url.searchParams.get('role'))
  const cursor = url.searchParams.get('cursor')
  const tooShort = q !== '' && q.length < LEAST
  const query = { ...(q && { q }), ...(status && { status }), ...(role && { role }) }
  const people = tooShort
    ? { items: [], next_cursor: null }
    : await need(
        api.GET('/api/v1/admin/people', { params: { query: { ...query, ...(cursor && { cursor }) } } }),
      )
  return { people, query, q, tooShort, isFirst: cursor === null }
}
