import { type RequestEvent, redirect } from '@sveltejs/kit'
import { localized } from '#lib/i18n/locale.ts'
import { field, refuse } from './answers.ts'

type InPost = Pick<RequestEvent, 'locals' | 'request'> & { readonly params: { readonly post: string } }

/** What may be done in the comments of a post, wherever they are shown; then back to where it was done. */
export const commentActions = {
  comment: async (event: InPost) => {
    const { locals, params, request } = event
    const form = await request.formData()
    const parent = field(form, 'parent')
    const answer = await locals.api.POST('/api/v1/posts/{post_id}/comments', {
      params: { path: { post_id: params.post }, header: { 'idempotency-key': field(form, 'key') } },
      body: { content: field(form, 'content'), ...(parent && { parent_comment_id: parent }) },
    })
    if (!answer.data) return refuse(answer, form)
    return backTo(event, `${parent && `/thread/${parent}`}#comment-${answer.data.comment_id}`)
  },
  editComment: async (event: InPost) => {
    const form = await event.request.formData()
    const comment_id = field(form, 'comment')
    const answer = await event.locals.api.PATCH('/api/v1/comments/{comment_id}', {
      params: { path: { comment_id } },
      body: { content: field(form, 'content') },
    })
    return answer.error ? refuse(answer, form) : backTo(event, `#comment-${comment_id}`)
  },
  deleteComment: async (event: InPost) => {
    const form = await event.request.formData()
    const answer = await event.locals.api.DELETE('/api/v1/comments/{comment_id}', {
      params: { path: { comment_id: field(form, 'comment') } },
    })
    return answer.error ? refuse(answer, form) : backTo(event, '#comments')
  },
}

export function backTo({ locals, params }: InPost, anchor = ''): never {
  throw redirect(303, localized(locals.locale, `/community/${params.post}`) + anchor)
}
