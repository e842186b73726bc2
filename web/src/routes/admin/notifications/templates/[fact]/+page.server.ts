import { need } from '#lib/server/answers.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals: { api }, params }) => {
  const template = await need(
    api.GET('/api/v1/admin/notifications/templates/{fact}', { params: { path: { fact: params.fact } } }),
  )
  // The mail itself is framed, from an address of its own.
  const ways = template.ways.map(({ mail, ...rest }) => ({ ...rest, mail: { subject: mail.subject } }))
  return { template: { ...template, ways } }
}
