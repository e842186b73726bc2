import type { Static } from 'typebox'
import { type Actor, isStaff } from '../../platform/actor.ts'
import type { Db } from '../../platform/db/index.ts'
import { conflict, forbidden, notFound } from '../../platform/errors.ts'
import { makeOnce } from '../../platform/idempotency/index.ts'
import type { Services } from '../../platform/services.ts'
import { forgetFeed, forgetFeeds } from './feed.ts'
import {
  deletePost,
  insertPost,
  POST,
  POST_PAGE,
  type PostChanges,
  postStanding,
  updatePost,
} from './queries/posts.ts'
import type { ChangedPost, NewPost } from './schemas/posts.ts'

/**
 * W3: publishes at once, and once for a key. Returns the post as JSON text. Announcements are staff's: 403
 * `post.announcement_is_staffs`. 404 `post.not_found` for a key whose post is gone.
 */
export async function writePost(
  services: Services,
  actor: Actor,
  post: Static<typeof NewPost>,
  key?: string,
): Promise<string> {
  refuseAnnouncement(actor, post.category)
  const postId = await services.db.transaction(actor, (tx) =>
    makeOnce(tx, actor, { key, request: ['post', post] }, () =>
      insertPost(tx, {
        author_id: actor.userId,
        title: post.title ?? null,
        content: post.content,
        category: post.category,
        tags: JSON.stringify(post.tags ?? []),
        language: post.language ?? 'en',
        slug: null,
      }),
    ),
  )
  await forgetFeed(services, post.category)
  return (await services.db.textAs(actor, POST, [postId])) ?? notThere()
}

/** A post with what the reader has said to it, as JSON text. 404 `post.not_found`, also across a block. */
export async function readPost({ db }: Services, actor: Actor | null, postId: string): Promise<string> {
  const text = await (actor ? db.textAs(actor, POST_PAGE, [postId]) : db.text(POST_PAGE, [postId]))
  return text ?? notThere()
}

/**
 * Changes one's own post. Returns it as JSON text. 404 `post.not_found`; 403 `post.is_anothers`,
 * `post.announcement_is_staffs`; 409 `post.taken_down` for what moderation has taken down.
 */
export async function changePost(
  services: Services,
  actor: Actor,
  postId: string,
  { tags, ...changes }: Static<typeof ChangedPost>,
): Promise<string> {
  refuseAnnouncement(actor, changes.category)
  const row: PostChanges = { ...changes, ...(tags && { tags: JSON.stringify(tags) }) }
  await services.db.transaction(actor, async (tx) => {
    await requireOwn(tx, actor, postId)
    if (!(await updatePost(tx, postId, row))) {
      throw conflict('post.taken_down', 'Moderation has taken this post down.')
    }
  })
  await forgetFeeds(services)
  return (await services.db.textAs(actor, POST, [postId])) ?? notThere()
}

/** Deletes one's own post with everything said of it. 404 `post.not_found`, 403 `post.is_anothers`. */
export async function removePost(services: Services, actor: Actor, postId: string): Promise<void> {
  await services.db.transaction(actor, async (tx) => {
    await requireOwn(tx, actor, postId)
    await deletePost(tx, postId)
  })
  await forgetFeeds(services)
}

async function requireOwn(tx: Db, actor: Actor, postId: string): Promise<void> {
  const post = await postStanding(tx, postId)
  if (!post) throw notFound('post', postId)
  if (post.author_id !== actor.userId) {
    throw forbidden('post.is_anothers', 'Only who wrote a post may change it.')
  }
}

function refuseAnnouncement(actor: Actor, category: string | undefined): void {
  if (category === 'announcement' && !isStaff(actor)) {
    throw forbidden('post.announcement_is_staffs', 'Only staff may announce; choose another category.')
  }
}

function notThere(): never {
  throw notFound('post')
}
