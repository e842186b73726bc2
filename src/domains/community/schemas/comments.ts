import { Type } from 'typebox'
import { Closed, Nullable, OneOf, Page, Timestamp, Uuid } from '../../../platform/http/index.ts'
import { PersonCard } from '../../identity/index.ts'

export const Comment = Closed({
  comment_id: Uuid,
  post_id: Uuid,
  parent_comment_id: Nullable(Uuid),
  state: OneOf(['shown', 'deleted', 'removed', 'hidden'], {
    description:
      'deleted: by its author; removed: by moderation; hidden: by whom the reader has muted, or a block keeps from them. Its place stays while there are replies',
  }),
  content: Nullable(Type.String()),
  author: Nullable(PersonCard),
  like_count: Type.Integer(),
  liked: Type.Boolean({ description: 'By the reader' }),
  created_at: Timestamp,
  edited_at: Nullable(Timestamp),
  has_replies: Type.Boolean(),
})

/** With its first replies; the cursor leads on in the list of its replies. */
export const Reply = Closed({ ...Comment.properties, replies: Page(Comment) })
export const Thread = Closed({ ...Comment.properties, replies: Page(Reply) })

export const Replies = Page(Reply)
export const Threads = Page(Thread)

const Content = Type.String({ minLength: 1, maxLength: 5000, pattern: '\\S' })

export const NewComment = Closed({ content: Content, parent_comment_id: Type.Optional(Nullable(Uuid)) })
export const ChangedComment = Closed({ content: Content })

export const CommentPath = Closed({ comment_id: Uuid })
export const CommentReactionPath = Closed({ comment_id: Uuid, reaction_type: OneOf(['like']) })
