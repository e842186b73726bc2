import { type TSchema, Type } from 'typebox'
import {
  Closed,
  Language,
  Money,
  Nullable,
  OneOf,
  Page,
  PageQuery,
  Slug,
  Timestamp,
  Uuid,
} from '../../../platform/http/index.ts'
import { PersonCard } from '../../identity/index.ts'

const Text = Nullable(Type.String())
const Count = Type.Integer({ minimum: 0 })

export const LEVELS = ['beginner', 'intermediate', 'advanced'] as const
export const PRICINGS = ['free', 'one_time', 'subscription'] as const
export const Pricing = OneOf(PRICINGS)

const card = {
  program_id: Uuid,
  title: Type.String(),
  slug: Type.String(),
  description: Text,
  category: Text,
  difficulty_level: Text,
  language: Language,
  pricing_type: Pricing,
  price: Nullable(Money),
  estimated_hours: Nullable(Type.Number()),
  duration_weeks: Nullable(Type.Integer()),
  module_count: Count,
  lesson_count: Count,
  enrollment_count: Count,
  average_rating: Nullable(Type.Number()),
  review_count: Count,
  thumbnail_url: Text,
  instructor: Nullable(PersonCard),
}

export const ProgramCard = Closed(card)
export const Programs = Page(ProgramCard)
export const ProgramsQuery = PageQuery({
  q: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Words, "phrases", -without' })),
  category: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  level: Type.Optional(OneOf(LEVELS)),
  language: Type.Optional(Language),
  pricing: Type.Optional(Pricing),
})

function Facet<T extends TSchema>(value: T) {
  return Type.Array(Closed({ value, count: Count }))
}

export const ProgramFacets = Closed({
  categories: Facet(Type.String()),
  levels: Facet(Type.String()),
  languages: Facet(Language),
  pricings: Facet(Pricing),
})

export const ContentType = OneOf(['video', 'text', 'quiz', 'assignment', 'resource'])

const OutlineLesson = Closed({
  lesson_id: Uuid,
  title: Type.String(),
  content_type: ContentType,
  estimated_minutes: Nullable(Type.Integer()),
  is_preview: Type.Boolean(),
})

const OutlineModule = Closed({
  module_id: Uuid,
  title: Type.String(),
  description: Text,
  estimated_duration_minutes: Nullable(Type.Integer()),
  unlock_date: Nullable(Timestamp),
  unlock_after_module_id: Nullable(Uuid),
  lessons: Type.Array(OutlineLesson),
})

const Review = Closed({
  review_id: Uuid,
  rating: Type.Integer({ minimum: 1, maximum: 5 }),
  review_text: Text,
  created_at: Timestamp,
  reviewer: Nullable(PersonCard),
})

export const Program = Closed({
  ...card,
  status: Type.String(),
  long_description: Text,
  tags: Nullable(Type.Array(Type.String())),
  tier_access: Nullable(Type.Array(Type.String())),
  preview_video_url: Text,
  meta_description: Text,
  published_at: Nullable(Timestamp),
  updated_at: Timestamp,
  co_instructors: Type.Array(PersonCard),
  modules: Type.Array(OutlineModule),
  latest_reviews: Type.Array(Review),
})

export const SlugPath = Closed({ slug: Slug })
export const ProgramPath = Closed({ program_id: Uuid })
