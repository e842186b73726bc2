import { outcome } from '#lib/server/acts.ts'
import { field, need, refuseField } from '#lib/server/answers.ts'
import type { Actions, PageServerLoad } from './$types'

const CATEGORIES = ['skill', 'topic', 'industry']

export const load: PageServerLoad = async ({ locals: { api }, url }) => {
  const category = CATEGORIES.find((one) => one === url.searchParams.get('category')) ?? 'skill'
  const q = url.searchParams.get('q')?.trim().slice(0, 100) ?? ''
  const cursor = url.searchParams.get('cursor')
  const query = { category, limit: 50, ...(q && { q }), ...(cursor && { cursor }) }
  return { category, q, list: await need(api.GET('/api/v1/tags', { params: { query } })) }
}

export const actions: Actions = {
  async add({ locals, request }) {
    const form = await request.formData()
    const body = { name: field(form, 'name').trim(), category: field(form, 'category') }
    return outcome(await locals.api.POST('/api/v1/admin/tags', { body }), form)
  },

  async rename({ locals, request }) {
    const form = await request.formData()
    const path = { tag_id: field(form, 'tag_id') }
    const body = { name: field(form, 'name').trim(), category: field(form, 'category') }
    return outcome(await locals.api.PATCH('/api/v1/admin/tags/{tag_id}', { params: { path }, body }), form)
  },

  async remove({ locals, request }) {
    const form = await request.formData()
    const path = { tag_id: field(form, 'tag_id') }
    return outcome(await locals.api.DELETE('/api/v1/admin/tags/{tag_id}', { params: { path } }), form)
  },

  /** Into the one of the same category that has the name which was typed. */
  async merge({ locals, request }) {
    const form = await request.formData()
    const name = field(form, 'into').trim()
    const query = { q: name, category: field(form, 'category'), limit: 50 }
    const found = await locals.api.GET('/api/v1/tags', { params: { query } })
    const same = (other: string) => other.toLocaleLowerCase() === name.toLocaleLowerCase()
    const into = found.data?.items.find((tag) => same(tag.name))
    if (!into) return refuseField(form, 'into', 'tag_unknown')
    const path = { tag_id: field(form, 'tag_id') }
    const body = { into: into.tag_id }
    return outcome(
      await locals.api.POST('/api/v1/admin/tags/{tag_id}/merge', { params: { path }, body }),
      form,
    )
  },
}
