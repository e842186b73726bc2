import { askPosts } from '#lib/community/posts.ts'
import { need } from '#lib/server/answers.ts'
import { signedIn } from '#lib/server/signed-in.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  await signedIn(event)
  const cursor = event.url.searchParams.get('cursor')
  const posts = await need(askPosts(event.locals.api, { list: 'bookmarks' }, { cursor, signedIn: true }))
  return { posts }
}
