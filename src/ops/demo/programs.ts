import { uuidV7 } from './ids.ts'
import { keyOf, type Lesson, listOf, type Module, type Program } from './program-file.ts'
import type { Row } from './rows.ts'
import { DAY, iso } from './times.ts'
import type { World } from './world.ts'

export type PlacedLesson = Lesson & { lessonId: string; moduleId: string; assessmentId: string | null }
/** A program with its rows' ids, for what people do with it. */
export type PlacedProgram = {
  programId: string
  title: string
  instructorId: string
  price: { amount: number; currency: string }
  /** In the order in which they are learnt. */
  lessons: readonly PlacedLesson[]
}

/** Programs with modules, lessons and assessments, by slug. */
export async function loadPrograms(world: World): Promise<ReadonlyMap<string, PlacedProgram>> {
  const placed = world.content.programs.map((program) => place(world, program))
  await world.insert(
    'programs',
    placed.map(({ row }) => row),
  )
  await world.insert(
    'program_instructors',
    placed.flatMap(({ instructors }) => instructors),
  )
  await world.insert(
    'modules',
    placed.flatMap(({ modules }) => modules),
  )
  await world.insert(
    'lessons',
    placed.flatMap(({ lessons }) => lessons),
  )
  await world.insert(
    'assessments',
    placed.flatMap(({ assessments }) => assessments),
  )
  return new Map(placed.map(({ slug, program }) => [slug, program]))
}

function place(world: World, program: Program) {
  const { names } = world
  const slug = keyOf(program, 'slug')
  const published = publishedAt(world, slug)
  const created = published - 14 * DAY
  const programId = names.give('program', slug, program.file, created)
  const instructorId = names.of('person', keyOf(program, 'instructor'), program.file)
  const price = { amount: Number(keyOf(program, 'price')), currency: keyOf(program, 'currency') }
  const modules = program.modules.map((module) => ({ module, moduleId: uuidV7(created) }))
  const lessons = modules.flatMap(({ module, moduleId }) => placeLessons(module, moduleId, created))
  return {
    slug,
    program: { programId, title: keyOf(program, 'title'), instructorId, price, lessons },
    row: programRow(world, program, { programId, instructorId, price, created, published }),
    instructors: listOf(program, 'co_instructors').map((name) => ({
      program_id: programId,
      user_id: names.of('person', name, program.file),
      added_at: iso(created),
    })),
    modules: modules.map((one, index) => moduleRow(modules, index, { ...one, programId, created })),
    lessons: lessons.map((lesson) => lessonRow(lesson, created)),
    assessments: lessons.flatMap((lesson) => assessmentRow(lesson, created)),
  }
}

/** A month before the first enrolment. */
function publishedAt({ content, times }: World, slug: string): number {
  const started = content.enrollments
    .filter(({ program }) => program === slug)
    .map((one) => one.started_days_ago)
  return times.daysAgo(Math.max(30, ...started) + 30)
}

type Made = {
  programId: string
  instructorId: string
  price: { amount: number; currency: string }
  created: number
  published: number
}

function programRow(world: World, program: Program, made: Made): Row {
  const tags = listOf(program, 'tags')
  for (const tag of tags) world.names.of('tag', tag, program.file)
  const tiers = listOf(program, 'tiers')
  return {
    program_id: made.programId,
    title: keyOf(program, 'title'),
    slug: keyOf(program, 'slug'),
    description: keyOf(program, 'description'),
    long_description: program.longDescription,
    language: keyOf(program, 'language'),
    category: keyOf(program, 'category'),
    tags,
    difficulty_level: keyOf(program, 'level'),
    instructor_id: made.instructorId,
    pricing_type: keyOf(program, 'pricing'),
    price_amount: made.price.amount,
    currency: made.price.currency,
    tier_access: tiers.length > 0 ? tiers : null,
    duration_weeks: Number(keyOf(program, 'weeks')),
    estimated_hours: Number(keyOf(program, 'hours')),
    status: 'published',
    published_at: iso(made.published),
    meta_description: keyOf(program, 'meta_description'),
    meta_keywords: tags,
    created_at: iso(made.created),
    updated_at: iso(made.published),
  }
}

type PlacedModule = { module: Module; moduleId: string }

function moduleRow(
  all: readonly PlacedModule[],
  index: number,
  { module, moduleId, programId, created }: PlacedModule & { programId: string; created: number },
): Row {
  return {
    module_id: moduleId,
    program_id: programId,
    title: module.title,
    description: module.description,
    sequence_order: index + 1,
    unlock_after_module_id: module.sequential ? (all[index - 1]?.moduleId ?? null) : null,
    estimated_duration_minutes: module.lessons.reduce((sum, { minutes }) => sum + minutes, 0),
    created_at: iso(created),
    updated_at: iso(created),
  }
}

function placeLessons(
  module: Module,
  moduleId: string,
  created: number,
): (PlacedLesson & { place: number })[] {
  return module.lessons.map((lesson, index) => {
    const graded = lesson.type === 'quiz' || lesson.type === 'assignment'
    const ids = { lessonId: uuidV7(created), moduleId, assessmentId: graded ? uuidV7(created) : null }
    return { ...lesson, ...ids, place: index + 1 }
  })
}

/** The words of a quiz or assignment are its assessment's instructions. */
function lessonRow(lesson: PlacedLesson & { place: number }, created: number): Row {
  return {
    lesson_id: lesson.lessonId,
    module_id: lesson.moduleId,
    title: lesson.title,
    description: lesson.description,
    sequence_order: lesson.place,
    content_type: lesson.type,
    video_duration_seconds: lesson.videoSeconds,
    text_content: lesson.assessmentId === null ? lesson.body : null,
    is_preview: lesson.preview,
    estimated_minutes: lesson.minutes,
    created_at: iso(created),
    updated_at: iso(created),
  }
}

function assessmentRow(lesson: PlacedLesson, created: number): Row[] {
  if (lesson.assessmentId === null) return []
  return [
    {
      assessment_id: lesson.assessmentId,
      lesson_id: lesson.lessonId,
      title: lesson.title,
      description: lesson.description,
      assessment_type: lesson.type,
      passing_score: lesson.passingScore,
      max_attempts: lesson.maxAttempts,
      questions: lesson.questions,
      instructions: lesson.body,
      rubric: lesson.rubric,
      is_auto_graded: lesson.type === 'quiz',
      created_at: iso(created),
      updated_at: iso(created),
    },
  ]
}
