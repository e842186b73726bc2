import { isCategory } from '#lib/community/categories.ts'
import { askPosts, type PostSource } from '#lib/community/posts.ts'
import { need } from '#lib/server/answers.ts'
import { signedIn } from '#lib/server/signed-in.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  const { locals, url } = event
  const { searchParams } = url
  const category = searchParams.get('category')
  const source: PostSource = searchParams.has('following')
    ? { list: 'following' }
    : { list: 'all', ...(isCategory(category) && { category }) }
  if (source.list === 'following') await signedIn(event)
  const cursor = searchParams.get('cursor')
  const asked = askPosts(locals.api, source, { cursor, signedIn: locals.hasSession })
  return { source, isFirst: cursor === null, posts: await need(asked) }
}
