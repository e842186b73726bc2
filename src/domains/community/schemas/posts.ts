import { Type } from 'typebox'
import {
  Closed,
  Language,
  Nullable,
  OneOf,
  Page,
  PageQuery,
  Patch,
  Timestamp,
  Uuid,
} from '../../../platform/http/index.ts'
import { PersonCard } from '../../identity/index.ts'

export { PersonPath } from '../../identity/index.ts'

export const CATEGORIES = ['discussion', 'story', 'question', 'project', 'announcement'] as const
export const Category = OneOf(CATEGORIES)

export const Post = Closed({
  post_id: Uuid,
  title: Nullable(Type.String()),
  content: Type.String(),
  category: Category,
  tags: Nullable(Type.Array(Type.String())),
  language: Language,
  media_urls: Nullable(Type.Array(Type.Unknown())),
  slug: Nullable(Type.String()),
  is_pinned: Type.Boolean(),
  is_featured: Type.Boolean(),
  like_count: Type.Integer(),
  comment_count: Type.Integer(),
  bookmark_count: Type.Integer(),
  view_count: Type.Integer({ description: 'Approximate' }),
  share_count: Type.Integer({ description: 'Approximate' }),
  published_at: Nullable(Timestamp),
  updated_at: Timestamp,
  edited_at: Nullable(Timestamp),
  comments_open: Type.Boolean(),
  author: Nullable(PersonCard),
})

export const REACTIONS = ['like', 'love', 'bookmark'] as const
const MyReactions = Type.Array(OneOf(REACTIONS), { description: 'The reader’s own' })

export const PostPage = Closed({ ...Post.properties, my_reactions: MyReactions })

export const Feed = Page(Post)
export const FeedQuery = PageQuery({ category: Type.Optional(Category) })
export const PostsQuery = PageQuery({})

const Words = {
  title: Type.String({ minLength: 1, maxLength: 200 }),
  content: Type.String({ minLength: 1, maxLength: 20_000 }),
  tags: Type.Array(Type.String({ minLength: 1, maxLength: 50 }), { maxItems: 10, uniqueItems: true }),
}

export const NewPost = Closed({
  title: Type.Optional(Words.title),
  content: Words.content,
  category: Category,
  tags: Type.Optional(Words.tags),
  language: Type.Optional(Language),
})

export const ChangedPost = Patch({
  title: Nullable(Words.title),
  content: Words.content,
  category: Category,
  tags: Words.tags,
  language: Language,
  comments_open: Type.Boolean({ description: 'Whether it takes comments' }),
})

export const PostPath = Closed({ post_id: Uuid })
export const ReactionPath = Closed({ post_id: Uuid, reaction_type: OneOf(REACTIONS) })

export const ReactionsQuery = Closed({ post_id: Type.Array(Uuid, { minItems: 1, maxItems: 100 }) })
export const Reactions = Closed({
  items: Type.Array(Closed({ post_id: Uuid, my_reactions: MyReactions })),
})
