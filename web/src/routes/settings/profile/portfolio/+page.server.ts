import { certificationsOf, portfolioOf } from '#lib/people/links.ts'
import { rowsOf } from '#lib/people/rows.ts'
import { need, optional } from '#lib/server/answers.ts'
import { ifSeen, refuseProfile } from '#lib/server/profile-form.ts'
import { signedIn } from '#lib/server/signed-in.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  await signedIn(event)
  const { locals } = event
  const asked = locals.api.GET('/api/v1/me/profile')
  const [{ response }, profile, uploads] = await Promise.all([
    asked,
    need(asked),
    optional(locals.api.GET('/api/v1/media-uploads')),
  ])
  const pictures = uploads?.items.filter(
    ({ usage, processing_status }) => usage === 'portfolio' && processing_status === 'ready',
  )
  return {
    completion: profile.completion,
    items: portfolioOf(profile.portfolio_urls),
    certifications: certificationsOf(profile.certifications),
    pictures: pictures?.map(({ asset_id }) => asset_id) ?? [],
    tag: response.headers.get('etag') ?? '',
  }
}

const TYPES = ['website', 'article', 'image', 'video', 'audio', 'document', 'product', 'other'] as const

export const actions: Actions = {
  portfolio: async ({ locals, request }) => {
    const form = await request.formData()
    const { rows, at } = rowsOf(form, 'item', ['title', 'url', 'type', 'description', 'asset_id'])
    const portfolio_urls = rows.map(({ title, url, type, description, asset_id }) => ({
      title: title ?? '',
      url: url ?? '',
      type: TYPES.find((one) => one === type) ?? 'other',
      description: description ?? null,
      asset_id: asset_id ?? null,
    }))
    const answer = await locals.api.PATCH('/api/v1/me/profile', {
      headers: ifSeen(form),
      body: { portfolio_urls },
    })
    return answer.error ? refuseProfile(locals.api, answer, form, at) : { done: 'portfolio' }
  },
  certifications: async ({ locals, request }) => {
    const form = await request.formData()
    const { rows, at } = rowsOf(form, 'certificate', ['name', 'issuer', 'date', 'credential_id', 'url'])
    const certifications = rows.map(({ name, issuer, date, credential_id, url }) => ({
      name: name ?? '',
      issuer: issuer ?? '',
      date: date ?? null,
      credential_id: credential_id ?? null,
      url: url ?? null,
    }))
    const answer = await locals.api.PATCH('/api/v1/me/profile', {
      headers: ifSeen(form),
      body: { certifications },
    })
    return answer.error ? refuseProfile(locals.api, answer, form, at) : { done: 'certifications' }
  },
}
