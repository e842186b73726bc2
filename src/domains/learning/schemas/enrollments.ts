import { Type } from 'typebox'
import { Closed, Nullable, OneOf, Page, PageQuery, Timestamp, Uuid } from '../../../platform/http/index.ts'
import { ContentType, ProgramCard } from './programs.ts'

const Text = Nullable(Type.String())
const Count = Type.Integer({ minimum: 0 })
const Percent = Type.Integer({ minimum: 0, maximum: 100 })

const EnrollmentStatus = OneOf(['active', 'completed', 'dropped', 'suspended'])

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

const ModuleLock = Nullable(OneOf(['date', 'sequence']))

const NextLesson = Closed({
  lesson_id: Uuid,
  title: Type.String(),
  module_id: Uuid,
  module_title: Type.String(),
  content_type: ContentType,
  estimated_minutes: Nullable(Type.Integer()),
  locked_by: ModuleLock,
})

export const ProgramProgress = Closed({
  program_id: Uuid,
  enrollment_id: Uuid,
  status: EnrollmentStatus,
  progress_percent: Percent,
  last_accessed_at: Nullable(Timestamp),
  completion_date: Nullable(Timestamp),
  next_lesson: Nullable(NextLesson),
  modules: Type.Array(
    Closed({
      module_id: Uuid,
      locked_by: ModuleLock,
      progress_percent: Percent,
      completed_count: Count,
      lessons: Type.Array(
        Closed({ lesson_id: Uuid, progress_percent: Percent, completed_at: Nullable(Timestamp) }),
      ),
    }),
  ),
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
  next_lesson: Nullable(NextLesson),
  program: ProgramCard,
})

export const Enrollments = Page(Enrollment)
export const EnrollmentsQuery = PageQuery({ status: Type.Optional(EnrollmentStatus) })
