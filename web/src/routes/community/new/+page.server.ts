import { randomUUID } from 'node:crypto'
import { redirect } from '@sveltejs/kit'
import { bodyOf, type Words } from '#lib/community/words.ts'
import { localized } from '#lib/i18n/locale.ts'
import { field, refuse } from '#lib/server/answers.ts'
import { signedIn } from '#lib/server/signed-in.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  await signedIn(event)
  const { searchParams } = event.url
  const words: Words = {
    category: searchParams.get('category') ?? 'discussion',
    language: event.locals.locale,
    title: '',
    content: '',
    tags: '',
  }
  return { words, formKey: randomUUID() }
}

export const actions: Actions = {
  default: async ({ locals, request }) => {
    const form = await request.formData()
    const typed = (name: keyof Words) => field(form, name)
    const answer = await locals.api.POST('/api/v1/posts', {
      params: { header: { 'idempotency-key': field(form, 'key') } },
      body: bodyOf({
        category: typed('category'),
        language: typed('language'),
        title: typed('title'),
        content: typed('content'),
        tags: typed('tags'),
      }),
    })
    if (!answer.data) return refuse(answer, form)
    throw redirect(303, localized(locals.locale, `/community/${answer.data.post_id}`))
  },
}
