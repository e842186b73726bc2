import { Type } from 'typebox'
import { Closed, Language, Nullable, OneOf, Timestamp, Uuid } from '../../../platform/http/index.ts'
import { ContentType, Pricing } from './programs.ts'

const Text = Nullable(Type.String())
const Count = Type.Integer({ minimum: 0 })
const Percent = Type.Integer({ minimum: 0, maximum: 100 })

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

const lesson = {
  lesson_id: Uuid,
  title: Type.String(),
  description: Text,
  content_type: ContentType,
  estimated_minutes: Nullable(Type.Integer()),
  video_url: Text,
  video_duration_seconds: Nullable(Type.Integer()),
  text_content: Text,
  resource_urls: Type.Unknown(),
  assessment: Nullable(Assessment),
  progress_percent: Percent,
  time_spent_seconds: Count,
  last_position_seconds: Nullable(Type.Integer()),
  completed_at: Nullable(Timestamp),
}

const ModuleLesson = Closed({
  ...lesson,
  sequence_order: Type.Integer(),
  is_preview: Nullable(Type.Boolean()),
  locked: Type.Boolean({ description: 'Then neither text, video, resources nor assessment are sent' }),
})

const Neighbour = Closed({
  lesson_id: Uuid,
  title: Type.String(),
  module_id: Uuid,
  module_title: Type.String(),
  is_preview: Type.Boolean(),
})

const place = { lesson_number: Count, lesson_count: Count }

export const Lesson = Closed({
  ...lesson,
  is_preview: Type.Boolean(),
  enrolled: Type.Boolean(),
  module: Closed({ module_id: Uuid, title: Type.String(), ...place }),
  program: Closed({
    program_id: Uuid,
    slug: Type.String(),
    title: Type.String(),
    language: Language,
    pricing_type: Pricing,
    ...place,
  }),
  previous: Nullable(Neighbour),
  next: Nullable(Neighbour),
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

const WEEK_SECONDS = 604_800

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
