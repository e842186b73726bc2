import { randomUUID } from 'node:crypto'
import { error } from '@sveltejs/kit'
import { need } from '#lib/server/answers.ts'
import { commentActions } from '#lib/server/comment-actions.ts'
import { isId } from '#lib/server/ids.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const { post: post_id, comment: comment_id } = params
  if (!isId(post_id) || !isId(comment_id)) throw error(404)
  const cursor = url.searchParams.get('cursor')
  const [post, replies] = await Promise.all([
    need(locals.api.GET('/api/v1/posts/{post_id}', { params: { path: { post_id } } })),
    need(
      locals.api.GET('/api/v1/comments/{comment_id}/replies', {
        params: { path: { comment_id }, query: cursor ? { cursor } : {} },
      }),
    ),
  ])
  return { post, replies, commentId: comment_id, formKey: randomUUID() }
}

export const actions: Actions = commentActions
