import { type Calendar, momentAfter } from '../calendar.ts'
import { COUNTRIES, type Country } from '../countries.ts'
import { pick, walkCrowd, zipfLadder, zipfSizes } from '../crowd.ts'
import { exponential, uniform } from '../draws.ts'
import { shared } from '../shared-arrays.ts'
import { SKILLS } from '../taxonomy.ts'

export type People = {
  readonly count: number
  /** When each joined; the first person joined first. */
  readonly joined: Float64Array
  readonly country: Uint8Array
  /** 1: offers coaching. */
  readonly coach: Uint8Array
  readonly status: Uint8Array
  /** Places in COACHES, the coaches in the order they joined. */
  readonly coaches: Uint32Array
  readonly follower: Uint32Array
  readonly followed: Uint32Array
  readonly followers: Uint32Array
  readonly following: Uint32Array
  readonly skillUses: Uint32Array
}

export const ACTIVE = 0
export const STATUSES = ['active', 'pending_verification', 'suspended'] as const
/** The staff: they come before everybody else. */
export const ADMIN = 0
export const SUPER_ADMIN = 1
const COACH_SHARE = 0.03
const FOLLOWS_EACH = 5
const SKILLS_MOST = 6

export function makePeople(seed: number, count: number, calendar: Calendar): People {
  const joined = shared.numbers(count)
  const country = shared.bytes(count)
  const coach = shared.bytes(count)
  const status = shared.bytes(count)
  const origins = originLadder()
  const place = uniform(seed, 'people.joined')
  const origin = uniform(seed, 'people.country')
  const coaching = uniform(seed, 'people.coach')
  const standing = uniform(seed, 'people.status')
  for (let person = 0; person < count; person++) {
    joined[person] = momentAfter(calendar, calendar.start, (person + place(person)) / count)
    country[person] = pick(origins, origin(person))
    // The fifth and every person by chance: never nobody.
    coach[person] = person > SUPER_ADMIN && (person === 4 || coaching(person) < COACH_SHARE) ? 1 : 0
    const trouble = coach[person] || person < 10 ? 1 : standing(person)
    status[person] = trouble < 0.015 ? 1 : trouble < 0.025 ? 2 : ACTIVE
  }
  const coaches = shared.words(coach.reduce((sum, is) => sum + is, 0))
  coaches.set([...coach.keys()].filter((person) => coach[person]))
  return {
    count,
    joined,
    country,
    coach,
    status,
    coaches,
    ...follows(seed, count, coach),
    skillUses: skillUses(seed, coach),
  }
}

export const countryOf = (people: People, person: number): Country => COUNTRIES[people.country[person]!]!

/** Places in SKILLS of one person, ascending; a coach has at least three. */
export function skillsOf(seed: number, coach: Uint8Array): (person: number) => number[] {
  const many = uniform(seed, 'skills.many')
  const which = uniform(seed, 'skills.which')
  const ladder = zipfLadder(SKILLS.length, 0.7)
  return (person) => {
    const skills = new Set<number>()
    const wanted = Math.max(coach[person] ? 3 : 0, Math.floor(many(person) * (SKILLS_MOST + 1)))
    for (let draw = 0; skills.size < wanted && draw < 16; draw++)
      skills.add(pick(ladder, which(person * 16 + draw)))
    return [...skills].sort((a, b) => a - b)
  }
}

function skillUses(seed: number, coach: Uint8Array): Uint32Array {
  const uses = shared.words(SKILLS.length)
  const skills = skillsOf(seed, coach)
  for (let person = 0; person < coach.length; person++) for (const skill of skills(person)) uses[skill]! += 1
  return uses
}

/** A few are followed by thousands, coaches more than others. Most followers are every fourth person: some are more curious. */
function follows(seed: number, count: number, coach: Uint8Array) {
  const rank = uniform(seed, 'follows.rank')
  const sizes = zipfSizes({
    count,
    total: FOLLOWS_EACH * count,
    steepness: 0.75,
    most: Math.floor(count / 6),
    rank: (person) => rank(person) ** (coach[person] ? 4 : 1),
    rounding: uniform(seed, 'follows.rounding'),
  })
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const arrays = { follower: shared.words(total), followed: shared.words(total) }
  const sums = { followers: shared.words(count), following: shared.words(count) }
  const where = uniform(seed, 'follows.where')
  let filled = 0
  for (let person = 0; person < count; person++) {
    const every = where(person + count) < 0.6 ? 4 : 1
    walkCrowd(Math.floor(count / every), sizes[person]!, where(person), (member) => {
      const follower = member * every
      if (follower === person) return
      arrays.follower[filled] = follower
      arrays.followed[filled++] = person
      sums.followers[person]! += 1
      sums.following[follower]! += 1
    })
  }
  return {
    ...sums,
    follower: arrays.follower.subarray(0, filled),
    followed: arrays.followed.subarray(0, filled),
  }
}

function originLadder(): Float64Array {
  const total = COUNTRIES.reduce((sum, { weight }) => sum + weight, 0)
  const until = (place: number) => COUNTRIES.slice(0, place + 1).reduce((sum, { weight }) => sum + weight, 0)
  return Float64Array.from(COUNTRIES, (_, place) => until(place) / total)
}

/** When a person was last seen: most of the active ones lately. */
export function lastLogin(seed: number, people: People, end: number): (person: number) => number {
  const ago = exponential(seed, 'people.last_login')
  return (person) => Math.floor(Math.max(people.joined[person]!, end - ago(person) * 21 * 86_400_000))
}
