import { Type } from 'typebox'
import {
  Closed,
  Language,
  Nullable,
  OneOf,
  Page,
  PageQuery,
  Timestamp,
  Uuid,
} from '../../platform/http/index.ts'
import { PersonCard } from '../identity/index.ts'

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
  author: Nullable(PersonCard),
})

export const Feed = Page(Post)
export const FeedQuery = PageQuery({ category: Type.Optional(Category) })

export const NewPost = Closed({
  title: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  content: Type.String({ minLength: 1, maxLength: 20_000 }),
  category: Category,
  tags: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 50 }), { maxItems: 10, uniqueItems: true }),
  ),
  language: Type.Optional(Language),
})

export const ReactionPath = Closed({
  post_id: Uuid,
  reaction_type: OneOf(['like', 'love', 'bookmark']),
})
