import { randomUUID } from 'node:crypto'
import { error, redirect } from '@sveltejs/kit'
import { localized } from '#lib/i18n/locale.ts'
import { field, need, optional, refuse } from '#lib/server/answers.ts'
import { backTo, commentActions } from '#lib/server/comment-actions.ts'
import { isId } from '#lib/server/ids.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const post_id = params.post
  if (!isId(post_id)) throw error(404)
  const cursor = url.searchParams.get('cursor')
  const [post, comments] = await Promise.all([
    need(locals.api.GET('/api/v1/posts/{post_id}', { params: { path: { post_id } } })),
    optional(
      locals.api.GET('/api/v1/posts/{post_id}/comments', {
        params: { path: { post_id }, query: cursor ? { cursor } : {} },
      }),
    ),
  ])
  return { post, comments, isFirst: cursor === null, formKey: randomUUID() }
}

export const actions: Actions = {
  ...commentActions,
  close: async (event) => {
    const form = await event.request.formData()
    const answer = await event.locals.api.PATCH('/api/v1/posts/{post_id}', {
      params: { path: { post_id: event.params.post } },
      body: { comments_open: field(form, 'open') !== '' },
    })
    return answer.error ? refuse(answer, form) : backTo(event)
  },
  delete: async (event) => {
    const { locals, params, request } = event
    const form = await request.formData()
    const answer = await locals.api.DELETE('/api/v1/posts/{post_id}', {
      params: { path: { post_id: params.post } },
    })
    if (answer.error) return refuse(answer, form)
    throw redirect(303, localized(locals.locale, '/community'))
  },
}
