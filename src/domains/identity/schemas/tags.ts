import { Type } from 'typebox'
import { Closed, Line, Nullable, Page, PageQuery, Patch, Uuid } from '../../../platform/http/index.ts'

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

export const Tag = Closed({
  tag_id: Uuid,
  name: Type.String(),
  slug: Type.String(),
  category: Nullable(Type.String()),
  usage_count: Nullable(Type.Integer()),
})

export const Tags = Page(Tag)

export const TagPath = Closed({ tag_id: Uuid })

const Category = Type.String({ pattern: '^[a-z]{1,50}$', description: 'skill, industry, topic …' })

/** The name is unique regardless of case, and the slug is made of it. */
const Named = { name: Line(100), category: Category }

export const NewTag = Closed(Named)

export const TagChange = Patch(Named)

export const TagMerge = Closed({
  into: Type.String({ format: 'uuid', description: 'The tag that stays' }),
})
