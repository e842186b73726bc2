import { APPLICATION_STATUSES, oneOf } from '#lib/admin/words.ts'
import { need } from '#lib/server/answers.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals: { api }, url }) => {
  const status = oneOf(APPLICATION_STATUSES, url.searchParams.get('status')) ?? 'submitted'
  const cursor = url.searchParams.get('cursor')
  const query = { status, ...(cursor && { cursor }) }
  return { status, list: await need(api.GET('/api/v1/admin/coach-applications', { params: { query } })) }
}
