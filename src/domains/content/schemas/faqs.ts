import { Type } from 'typebox'
import {
  Closed,
  Language,
  Line,
  Nullable,
  Page,
  PageQuery,
  Patch,
  Prose,
  Timestamp,
  Uuid,
} from '../../../platform/http/index.ts'

const Category = Type.String({ minLength: 1, maxLength: 100 })
const Words = Type.String({
  minLength: 1,
  maxLength: 100,
  description: 'Words of the question or the answer',
})

export const FaqQuery = PageQuery({
  category: Type.Optional(Category),
  q: Type.Optional(Words),
  language: Type.Optional(Language),
})

const Text = {
  faq_id: Uuid,
  category: Type.String(),
  question: Type.String(),
  answer: Type.String(),
  language: Type.String({ description: 'Another one where there is no translation' }),
  helpful_count: Type.Integer(),
}

export const Faqs = Page(
  Closed({ ...Text, is_helpful_to_me: Type.Boolean({ description: 'Whether the reader has said so' }) }),
)

export const FaqPath = Closed({ faq_id: Uuid })

/** As its editors see it. */
export const EditedFaq = Closed({
  ...Text,
  sequence_order: Nullable(Type.Integer()),
  is_published: Type.Boolean(),
  translation_of: Nullable(Uuid),
  updated_at: Timestamp,
})
export const EditedFaqs = Page(EditedFaq)

export const EditedFaqQuery = PageQuery({
  category: Type.Optional(Category),
  q: Type.Optional(Words),
  language: Type.Optional(Language),
  published: Type.Optional(Type.Boolean()),
})

const Edited = {
  category: Line(100),
  question: Line(300),
  answer: Prose(5000),
  is_published: Type.Boolean({ description: 'Whether everybody sees it' }),
}

export const NewFaq = Closed({
  category: Edited.category,
  question: Edited.question,
  answer: Edited.answer,
  language: Language,
  is_published: Type.Optional(Type.Boolean({ default: false })),
  translation_of: Type.Optional(
    Type.String({ format: 'uuid', description: 'The original, which is in another language' }),
  ),
})

/** What a question is in and what it translates stay as they are. */
export const FaqChange = Patch(Edited)

export const FaqOrder = Closed({
  faq_ids: Type.Array(Uuid, {
    minItems: 1,
    maxItems: 200,
    uniqueItems: true,
    description: 'The questions of a category in their order',
  }),
})
