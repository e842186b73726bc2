import { slugOf } from '../../../platform/slug.ts'
import { DAY } from '../calendar.ts'
import { idKind } from '../copy-rows.ts'
import { uniform } from '../draws.ts'
import { headline, passage, sentence } from '../phrases.ts'
import { references } from '../references.ts'
import { nothing, type Table, words } from '../table.ts'
import {
  categoryOf,
  courseLanguage,
  currencyOf,
  LESSONS,
  lessonMinutes,
  lessonType,
  MODULES,
  PRICING,
  PROGRAM_LESSONS,
  topicOf,
} from '../world/courses.ts'
import type { World } from '../world.ts'
import { reviewOf } from './learning.ts'

/** So long that a module's six lessons make an answer of about 16 KB (P2). */
const LESSON_BYTES = 2090

export const programs: Table = {
  name: 'programs',
  open(world) {
    const { courses, people, seed } = world
    const ref = references(world)
    const u = uniform(seed, 'programs.words')
    const sums = programSums(world)
    const title = (i: number) => headline(courseLanguage(i), u(i), topicOf(i))
    return {
      count: courses.count,
      fields: {
        program_id: ref.program,
        title: (rows, i) => rows.text(title(i)),
        slug: (rows, i) => rows.text(`${slugOf(title(i))}-${i + 1}`),
        description: (rows, i) => rows.text(passage(courseLanguage(i), u(i), 260)),
        long_description: (rows, i) => rows.text(passage(courseLanguage(i), u(i + courses.count), 1200)),
        language: (rows, i) => rows.text(courseLanguage(i)),
        category: (rows, i) => rows.text(categoryOf(i)),
        tags: (rows, i) => rows.jsonb([slugOf(topicOf(i)), slugOf(categoryOf(i))]),
        difficulty_level: (rows, i) => rows.text((['beginner', 'intermediate', 'advanced'] as const)[i % 3]!),
        instructor_id: (rows, i) => ref.user(rows, courses.instructor[i]!),
        pricing_type: (rows, i) => rows.text(PRICING[courses.pricing[i]!]!),
        price_amount: (rows, i) => (courses.price[i] ? rows.decimal(courses.price[i]!) : rows.null()),
        currency: (rows, i) => rows.text(currencyOf(people, courses.instructor[i]!)),
        tier_access: (rows, i) =>
          courses.pricing[i] === 2 ? rows.jsonb(['build', 'thrive', 'impact']) : rows.null(),
        duration_weeks: (rows, i) => rows.int(3 + (i % 6)),
        estimated_hours: (rows, i) => rows.decimal(500 + (i % 7) * 50),
        module_count: (rows) => rows.int(MODULES),
        lesson_count: (rows) => rows.int(PROGRAM_LESSONS),
        enrollment_count: (rows, i) => rows.int(sums.enrolled[i]!),
        completion_count: (rows, i) => rows.int(sums.completed[i]!),
        rating_sum: (rows, i) => rows.int(sums.ratingSum[i]!),
        review_count: (rows, i) => rows.int(sums.reviews[i]!),
        status: words('published'),
        published_at: (rows, i) => rows.time(courses.created[i]! + 7 * DAY),
        created_at: (rows, i) => rows.time(courses.created[i]!),
        updated_at: (rows, i) => rows.time(courses.created[i]! + 7 * DAY),
      },
    }
  },
}

export const modules: Table = {
  name: 'modules',
  open(world) {
    const ref = references(world)
    const u = uniform(world.seed, 'modules.words')
    const program = (i: number) => Math.floor(i / MODULES)
    const created = (i: number) => world.courses.created[program(i)]!
    return {
      count: world.courses.count * MODULES,
      fields: {
        module_id: ref.module,
        program_id: (rows, i) => ref.program(rows, program(i)),
        title: (rows, i) => rows.text(headline(courseLanguage(program(i)), u(i), topicOf(i))),
        description: (rows, i) => rows.text(sentence(courseLanguage(program(i)), u(i))),
        sequence_order: (rows, i) => rows.int(1 + (i % MODULES)),
        // In every fourth program a module opens when the one before it is done.
        unlock_after_module_id: (rows, i) =>
          program(i) % 4 === 3 && i % MODULES > 0 ? ref.module(rows, i - 1) : rows.null(),
        estimated_duration_minutes: (rows) => rows.int(70),
        lesson_count: (rows) => rows.int(LESSONS),
        created_at: (rows, i) => rows.time(created(i)),
        updated_at: (rows, i) => rows.time(created(i)),
      },
    }
  },
}

export const lessons: Table = {
  name: 'lessons',
  open(world) {
    const ref = references(world)
    const u = uniform(world.seed, 'lessons.words')
    const program = (i: number) => Math.floor(i / PROGRAM_LESSONS)
    const place = (i: number) => i % PROGRAM_LESSONS
    const language = (i: number) => courseLanguage(program(i))
    const video = (i: number) => lessonType(place(i)) === 'video'
    const created = (i: number) => world.courses.created[program(i)]!
    return {
      count: world.courses.count * PROGRAM_LESSONS,
      fields: {
        lesson_id: ref.lesson,
        module_id: (rows, i) => ref.module(rows, Math.floor(i / LESSONS)),
        title: (rows, i) => rows.text(headline(language(i), u(i), topicOf(i))),
        description: (rows, i) => rows.text(sentence(language(i), u(i))),
        sequence_order: (rows, i) => rows.int(1 + (i % LESSONS)),
        content_type: (rows, i) => rows.text(lessonType(place(i))),
        video_url: (rows, i) => (video(i) ? rows.text(`lessons/${i}/video.mp4`) : rows.null()),
        video_duration_seconds: (rows, i) =>
          video(i) ? rows.int(lessonMinutes(place(i)) * 55) : rows.null(),
        text_content: (rows, i) => rows.text(passage(language(i), u(i), LESSON_BYTES)),
        resource_urls: (rows, i) => {
          if (lessonType(place(i)) !== 'resource') rows.null()
          else
            rows.jsonb([
              {
                title: 'Worksheet',
                url: `lessons/${i}/worksheet.pdf`,
                type: 'application/pdf',
                size: 182_044,
              },
            ])
        },
        is_preview: (rows, i) => rows.bool(place(i) === 0),
        estimated_minutes: (rows, i) => rows.int(lessonMinutes(place(i))),
        created_at: (rows, i) => rows.time(created(i)),
        updated_at: (rows, i) => rows.time(created(i)),
      },
    }
  },
}

/** Two a program: a quiz in the second module, an assignment at the end. */
export const GRADED = [2 * LESSONS - 1, PROGRAM_LESSONS - 1] as const

export const assessments: Table = {
  name: 'assessments',
  open(world) {
    const ref = references(world)
    const program = (i: number) => i >> 1
    const quiz = (i: number) => (i & 1) === 0
    const lesson = (i: number) => program(i) * PROGRAM_LESSONS + GRADED[i & 1]!
    const created = (i: number) => world.courses.created[program(i)]!
    return {
      count: world.courses.count * 2,
      fields: {
        assessment_id: (rows, i) => ref.assessment(rows, lesson(i)),
        lesson_id: (rows, i) => ref.lesson(rows, lesson(i)),
        title: (rows, i) => rows.text(quiz(i) ? 'Check what you know' : 'Put it to work'),
        assessment_type: (rows, i) => rows.text(quiz(i) ? 'quiz' : 'assignment'),
        passing_score: (rows) => rows.int(60),
        questions: (rows, i) => (quiz(i) ? rows.jsonb(QUESTIONS) : rows.null()),
        instructions: (rows, i) =>
          quiz(i)
            ? rows.null()
            : rows.text('Apply the program to your own work and describe the result on one page.'),
        is_auto_graded: (rows, i) => rows.bool(quiz(i)),
        created_at: (rows, i) => rows.time(created(i)),
        updated_at: (rows, i) => rows.time(created(i)),
      },
    }
  },
}

const QUESTIONS = [
  {
    question: 'What is a brand?',
    options: ['A logo', 'What people say about you', 'A price'],
    answer: 1,
    explanation: 'The room decides.',
  },
  {
    question: 'When do you ask for a review?',
    options: ['At delivery', 'After a year', 'Never'],
    answer: 0,
    explanation: 'While the joy is warm.',
  },
  {
    question: 'Where is the money of the business?',
    options: ['At home', 'In a wallet of its own', 'In a book'],
    answer: 1,
    explanation: 'Apart from the first day.',
  },
]

export const faqs: Table = {
  name: 'faqs',
  open(world) {
    const kind = idKind(world.seed, 'faq')
    const u = uniform(world.seed, 'faqs')
    const at = world.calendar.start
    return {
      count: 24,
      fields: {
        faq_id: (rows, i) => rows.id(kind, i, at),
        category: (rows, i) => rows.text(categoryOf(i)),
        question: (rows, i) => rows.text(`How do I begin with ${topicOf(i).toLowerCase()}?`),
        answer: (rows, i) => rows.text(passage('en', u(i), 300)),
        sequence_order: (rows, i) => rows.int(i + 1),
        language: words('en'),
        translation_of: nothing,
        created_at: (rows) => rows.time(at),
        updated_at: (rows) => rows.time(at),
      },
    }
  },
}

function programSums(world: World) {
  const { learning, courses } = world
  const counts = () => new Uint32Array(courses.count)
  const sums = { enrolled: counts(), completed: counts(), reviews: counts(), ratingSum: counts() }
  const rating = reviewOf(world)
  for (let e = 0; e < learning.count; e++) {
    const program = learning.program[e]!
    if (learning.dropped[e]) continue
    sums.enrolled[program]! += 1
    if (learning.completed[e] === PROGRAM_LESSONS) sums.completed[program]! += 1
    if (rating(e) > 0) {
      sums.reviews[program]! += 1
      sums.ratingSum[program]! += rating(e)
    }
  }
  return sums
}
