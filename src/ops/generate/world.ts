import { type Calendar, makeCalendar } from './calendar.ts'
import { type Coaching, makeCoaching } from './world/coaching.ts'
import { type Community, makeCommunity } from './world/community.ts'
import { type Courses, makeCourses } from './world/courses.ts'
import { type Gatherings, makeGatherings } from './world/gatherings.ts'
import { type Learning, makeLearning } from './world/learning.ts'
import { type Memberships, makeMemberships } from './world/memberships.ts'
import { makeOrganisations, type Organisations } from './world/organisations.ts'
import { makePeople, type People } from './world/people.ts'

/**
 * Who did what and when, without its words: what rows of different tables must agree on. Plain data in shared memory,
 * made once (about 3 seconds for 100,000 people); the rows are written from it by any thread.
 */
export type World = {
  readonly seed: number
  readonly calendar: Calendar
  readonly people: People
  readonly courses: Courses
  readonly learning: Learning
  readonly community: Community
  readonly gatherings: Gatherings
  readonly coaching: Coaching
  readonly memberships: Memberships
  readonly organisations: Organisations
}

export function makeWorld(seed: number, users: number, now: number): World {
  const calendar = makeCalendar(seed, now)
  const people = makePeople(seed, users, calendar)
  const courses = makeCourses(seed, people, calendar)
  const learning = makeLearning(seed, people, courses, calendar)
  return {
    seed,
    calendar,
    people,
    courses,
    learning,
    community: makeCommunity(seed, people, calendar),
    gatherings: makeGatherings(seed, people, calendar),
    coaching: makeCoaching(seed, people, calendar),
    memberships: makeMemberships(seed, people, calendar),
    organisations: makeOrganisations(people, learning, calendar, courses.count),
  }
}
