import { Type } from 'typebox'
import { Closed, Nullable, Page, PageQuery, Uuid } from '../../../platform/http/index.ts'

export const TagQuery = PageQuery({
  category: Type.Optional(
    Type.String({ minLength: 1, maxLength: 50, description: 'skill, industry, topic …' }),
  ),
  q: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: 'What the name begins with, in any case, with or without accents',
    }),
  ),
})

export const Tags = Page(
  Closed({
    tag_id: Uuid,
    name: Type.String(),
    slug: Type.String(),
    category: Nullable(Type.String()),
    usage_count: Nullable(Type.Integer()),
  }),
)
