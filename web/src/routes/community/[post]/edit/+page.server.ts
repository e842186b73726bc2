import { error, redirect } from '@sveltejs/kit'
import { bodyOf, type Words } from '#lib/community/words.ts'
import { localized } from '#lib/i18n/locale.ts'
import { field, need, refuse } from '#lib/server/answers.ts'
import { isId } from '#lib/server/ids.ts'
import { signedIn } from '#lib/server/signed-in.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  const me = await signedIn(event)
  const post_id = event.params.post
  if (!isId(post_id)) throw error(404)
  const post = await need(event.locals.api.GET('/api/v1/posts/{post_id}', { params: { path: { post_id } } }))
  if (post.author?.user_id !== me.user_id) throw error(403)
  const words: Words = {
    category: post.category,
    language: post.language,
    title: post.title ?? '',
    content: post.content,
    tags: (post.tags ?? []).join(', '),
  }
  return { words, postId: post_id }
}

export const actions: Actions = {
  default: async ({ locals, params, request }) => {
    const form = await request.formData()
    const typed = (name: keyof Words) => field(form, name)
    const words = {
      category: typed('category'),
      language: typed('language'),
      title: typed('title'),
      content: typed('content'),
      tags: typed('tags'),
    }
    const answer = await locals.api.PATCH('/api/v1/posts/{post_id}', {
      params: { path: { post_id: params.post } },
      body: { title: null, ...bodyOf(words) },
    })
    if (answer.error) return refuse(answer, form)
    throw redirect(303, localized(locals.locale, `/community/${params.post}`))
  },
}
