import { LANGUAGES, type Language } from '../../../platform/languages.ts'
import { type Calendar, DAY } from '../calendar.ts'
import { priceIn } from '../countries.ts'
import { below, uniform } from '../draws.ts'
import { shared } from '../shared-arrays.ts'
import { CATEGORIES, SKILLS } from '../taxonomy.ts'
import { countryOf, type People } from './people.ts'

/** Program 0 is the most popular one. */
export type Courses = {
  readonly count: number
  readonly instructor: Uint32Array
  readonly created: Float64Array
  readonly pricing: Uint8Array
  /** In hundredths of the instructor's currency. */
  readonly price: Float64Array
}

export const MODULES = 5
export const LESSONS = 6
export const PROGRAM_LESSONS = MODULES * LESSONS
export const PRICING = ['free', 'one_time', 'subscription'] as const
export const FREE = 0
export const ONE_TIME = 1

export function makeCourses(seed: number, people: People, calendar: Calendar): Courses {
  const count = Math.min(200, Math.max(16, Math.round(people.count / 500)))
  const courses = {
    count,
    instructor: shared.words(count),
    created: shared.numbers(count),
    pricing: shared.bytes(count),
    price: shared.numbers(count),
  }
  const teacher = below(seed, 'courses.instructor')
  const time = uniform(seed, 'courses.created')
  const kind = uniform(seed, 'courses.pricing')
  const dollars = uniform(seed, 'courses.price')
  const early = Math.max(1, Math.floor(people.coaches.length / 4))
  for (let program = 0; program < count; program++) {
    const instructor = people.coaches[teacher(program, early)]!
    courses.instructor[program] = instructor
    const from = people.joined[instructor]!
    courses.created[program] = Math.floor(
      from + time(program) * Math.max(0, calendar.end - 120 * DAY - from) * 0.5,
    )
    courses.pricing[program] = kind(program) < 0.5 ? FREE : kind(program) < 0.82 ? ONE_TIME : 2
    if (courses.pricing[program] === ONE_TIME) {
      courses.price[program] = priceIn(currencyOf(people, instructor), 5 + dollars(program) * 60)
    }
  }
  return courses
}

export const currencyOf = (people: People, person: number): string => countryOf(people, person).currency

export const categoryOf = (program: number) => CATEGORIES[program % CATEGORIES.length]!
export const topicOf = (program: number) => SKILLS[(program * 7) % SKILLS.length]!
/** Two in three are English. */
export const courseLanguage = (program: number): Language =>
  LANGUAGES[[0, 0, 0, 0, 1, 2][(program * 5) % 6]!]!

/** The last lesson of the second and of the last module is graded; of the others two in five are videos. */
export function lessonType(place: number): 'video' | 'text' | 'resource' | 'quiz' | 'assignment' {
  if (place === PROGRAM_LESSONS - 1) return 'assignment'
  if (place === 2 * LESSONS - 1) return 'quiz'
  return (['video', 'text', 'text', 'video', 'text', 'resource'] as const)[place % LESSONS]!
}

export const lessonMinutes = (place: number) => 6 + ((place * 7) % 13)
