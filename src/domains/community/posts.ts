import type { Static } from 'typebox'
import { type Actor, isStaff } from '../../platform/actor.ts'
import { forbidden } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { forgetFeed } from './feed.ts'
import { insertPost, POST } from './queries.ts'
import type { NewPost } from './schemas.ts'

/** W3: publishes at once. Returns the post as JSON text. Announcements are staff's: 403 `post.announcement_is_staffs`. */
export async function writePost(
  services: Services,
  actor: Actor,
  post: Static<typeof NewPost>,
): Promise<string> {
  if (post.category === 'announcement' && !isStaff(actor)) {
    throw forbidden('post.announcement_is_staffs', 'Only staff may announce; choose another category.')
  }
  const postId = await services.db.transaction(actor, (tx) =>
    insertPost(tx, {
      author_id: actor.userId,
      title: post.title ?? null,
      content: post.content,
      category: post.category,
      tags: JSON.stringify(post.tags ?? []),
      language: post.language ?? 'en',
      slug: null,
    }),
  )
  await forgetFeed(services, post.category)
  return (await services.db.textAs(actor, POST, [postId])) ?? ''
}
