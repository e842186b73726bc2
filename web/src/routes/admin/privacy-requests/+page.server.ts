import { need } from '#lib/server/answers.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals: { api }, url }) => {
  const state = url.searchParams.get('state') === 'closed' ? 'closed' : 'open'
  const cursor = url.searchParams.get('cursor')
  const query = { state, ...(cursor && { cursor }) } as const
  return { state, list: await need(api.GET('/api/v1/admin/privacy-requests', { params: { query } })) }
}
