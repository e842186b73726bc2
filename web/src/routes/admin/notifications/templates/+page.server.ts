import { need } from '#lib/server/answers.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals: { api } }) => ({
  templates: await need(api.GET('/api/v1/admin/notifications/templates')),
})
