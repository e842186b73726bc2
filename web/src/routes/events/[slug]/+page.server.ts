import { href } from '#lib/i18n/index.ts'
import { needHere } from '#lib/server/here.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params }) => {
  const asked = locals.api.GET('/api/v1/events/{slug}', { params: { path: { slug: params.slug } } })
  const event = await needHere(asked, params.slug, {
    nameOf: ({ slug }) => slug,
    leadTo: (slug) => href(`/events/${slug}`),
  })
  return { event }
}
