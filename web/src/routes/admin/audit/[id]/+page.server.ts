import { need } from '#lib/server/answers.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals: { api }, params }) => ({
  entry: await need(api.GET('/api/v1/admin/audit/{log_id}', { params: { path: { log_id: params.id } } })),
})
