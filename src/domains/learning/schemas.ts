import { Type } from 'typebox'
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
} from '../../platform/http/index.ts'
import { PersonCard } from '../identity/index.ts'

const Text = Nullable(Type.String())
const Count = Type.Integer({ minimum: 0 })
const Percent = Type.Integer({ minimum: 0, maximum: 100 })
const WEEK_SECONDS = 604_800

export const LEVELS = ['beginner', 'intermediate', 'advanced'] as const
export const PRICINGS = ['free', 'one_time', 'subscription'] as const
const Pricing = OneOf(PRICINGS)
const EnrollmentStatus = OneOf(['active', 'completed', 'dropped', 'suspended'])

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

const ProgramCard = Closed(card)
export const Programs = Page(ProgramCard)
export const ProgramsQuery = PageQuery({
  q: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Words, "phrases", -without' })),
  category: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  level: Type.Optional(OneOf(LEVELS)),
  language: Type.Optional(Language),
  pricing: Type.Optional(Pricing),
})

const ContentType = OneOf(['video', 'text', 'quiz', 'assignment', 'resource'])

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
export const ModulePath = Closed({ module_id: Uuid })
export const LessonPath = Closed({ lesson_id: Uuid })

const Assessment = Closed({
  assessment_id: Uuid,
  title: Type.String(),
  assessment_type: Type.String(),
  instructions: Text,
  passing_score: Nullable(Type.Integer()),
  max_attempts: Nullable(Type.Integer()),
  time_limit_minutes: Nullable(Type.Integer()),
  questions: Nullable(Type.Array(Closed({ question: Type.Unknown(), options: Type.Unknown() }))),
})

const ModuleLesson = Closed({
  lesson_id: Uuid,
  title: Type.String(),
  description: Text,
  sequence_order: Type.Integer(),
  content_type: ContentType,
  is_preview: Nullable(Type.Boolean()),
  estimated_minutes: Nullable(Type.Integer()),
  locked: Type.Boolean({ description: 'Then neither text, video, resources nor assessment are sent' }),
  video_url: Text,
  video_duration_seconds: Nullable(Type.Integer()),
  text_content: Text,
  resource_urls: Type.Unknown(),
  assessment: Nullable(Assessment),
  progress_percent: Percent,
  time_spent_seconds: Count,
  last_position_seconds: Nullable(Type.Integer()),
  completed_at: Nullable(Timestamp),
})

export const ModuleLessons = Closed({
  module_id: Uuid,
  program_id: Uuid,
  title: Type.String(),
  description: Text,
  enrolled: Type.Boolean(),
  locked_by: Nullable(OneOf(['enrollment', 'date', 'sequence'])),
  unlock_date: Nullable(Timestamp),
  items: Type.Array(ModuleLesson),
})

export const NewProgress = Closed({
  progress_percent: Percent,
  last_position_seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: WEEK_SECONDS })),
  client_session_id: Uuid,
  time_spent_seconds: Type.Integer({
    minimum: 0,
    maximum: WEEK_SECONDS,
    description: 'All the seconds on this lesson in this client session so far; a replay adds nothing',
  }),
})

export const Progress = Closed({
  lesson_id: Uuid,
  progress_percent: Percent,
  completed_at: Nullable(Timestamp),
  time_spent_seconds: Count,
  enrollment: Closed({
    enrollment_id: Uuid,
    progress_percent: Percent,
    status: EnrollmentStatus,
    completion_date: Nullable(Timestamp),
  }),
})

export const Enrollment = Closed({
  enrollment_id: Uuid,
  enrollment_date: Timestamp,
  status: EnrollmentStatus,
  progress_percent: Percent,
  payment_type: Text,
  current_module_id: Nullable(Uuid),
  current_lesson_id: Nullable(Uuid),
  last_accessed_at: Nullable(Timestamp),
  completion_date: Nullable(Timestamp),
  program: ProgramCard,
})

export const Enrollments = Page(Enrollment)
export const EnrollmentsQuery = PageQuery({ status: Type.Optional(EnrollmentStatus) })
