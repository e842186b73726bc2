import { LANGUAGES } from '../../../platform/languages.ts'
import { slugOf } from '../../../platform/slug.ts'
import { DAY } from '../calendar.ts'
import { idKind } from '../copy-rows.ts'
import { uniform } from '../draws.ts'
import { chosen, passage, sentence } from '../phrases.ts'
import { references } from '../references.ts'
import { nothing, type Table, words } from '../table.ts'
import { INDUSTRIES, OCCUPATIONS, SKILLS } from '../taxonomy.ts'
import { hourlyRate } from '../world/coaching.ts'
import { ADMIN, countryOf, lastLogin, type People, STATUSES, SUPER_ADMIN, skillsOf } from '../world/people.ts'
import type { World } from '../world.ts'

/** What everybody signs in with, and its argon2id hash: one for all, since 100,000 hashes would take a quarter of an hour. */
export const PASSWORD = 'brand-coach-demo'
const PASSWORD_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$YnJhbmQgY29hY2ggc2FsdA$gvgni8kQ4lFvoDTuEMjUSzYB/q3U/rbbKq41/c3qZdY'

const PARTNER_PEOPLE = 5

export const users: Table = {
  name: 'users',
  open(world) {
    const { seed, people, calendar } = world
    const ref = references(world)
    const name = nameOf(seed, people)
    const seen = lastLogin(seed, people, calendar.end)
    const phone = uniform(seed, 'people.phone')
    const joined = people.joined
    return {
      count: people.count,
      fields: {
        user_id: ref.user,
        email: (rows, i) => rows.text(emailOf(name(i), i)),
        username: (rows, i) => rows.text(usernameOf(name(i), i)),
        email_verified: (rows, i) => rows.bool(people.status[i] !== 1),
        password_hash: words(PASSWORD_HASH),
        full_name: (rows, i) => rows.text(`${name(i).given} ${name(i).family}`),
        phone_number: (rows, i) => {
          if (phone(i) < 0.4) rows.null()
          else
            rows.text(
              `${countryOf(people, i).dial} ••• ••• ${String(Math.floor(phone(i) * 1e6) % 1000).padStart(3, '0')}`,
            )
        },
        status: (rows, i) => rows.text(STATUSES[people.status[i]!]!),
        last_login: (rows, i) => (people.status[i] === 1 ? rows.null() : rows.time(seen(i))),
        created_at: (rows, i) => rows.time(joined[i]!),
        updated_at: (rows, i) => rows.time(joined[i]!),
      },
    }
  },
}

export const userRoles: Table = {
  name: 'user_roles',
  open(world) {
    const { people, organisations } = world
    const ref = references(world)
    const kind = idKind(world.seed, 'role')
    const grants: [number, string][] = [
      [ADMIN, 'admin'],
      [SUPER_ADMIN, 'super_admin'],
    ]
    for (const coach of people.coaches) grants.push([coach, 'coach'])
    for (let p = 0; p < organisations.count; p++) grants.push([partnerPerson(p), 'partner'])
    const person = (i: number) => (i < people.count ? i : grants[i - people.count]![0])
    const at = (i: number) => people.joined[person(i)]!
    return {
      count: people.count + grants.length,
      fields: {
        user_role_id: (rows, i) => rows.id(kind, i, at(i)),
        user_id: (rows, i) => ref.user(rows, person(i)),
        role_name: (rows, i) => rows.text(i < people.count ? 'member' : grants[i - people.count]![1]),
        granted_at: (rows, i) => rows.time(at(i)),
        valid_from: (rows, i) => rows.time(at(i)),
      },
    }
  },
}

/** Who acts for the partner. */
export const partnerPerson = (partner: number) => PARTNER_PEOPLE + partner

export const userSettings: Table = {
  name: 'user_settings',
  open(world) {
    const { seed, people } = world
    const ref = references(world)
    const kind = idKind(seed, 'settings')
    const u = uniform(seed, 'settings')
    return {
      count: people.count,
      fields: {
        setting_id: (rows, i) => rows.id(kind, i, people.joined[i]!),
        user_id: ref.user,
        language: (rows, i) => rows.text(u(i) < 0.7 ? countryOf(people, i).language : 'en'),
        timezone: (rows, i) => rows.text(countryOf(people, i).zone),
        currency: (rows, i) => rows.text(countryOf(people, i).currency),
        profile_visibility: (rows, i) =>
          rows.text(
            u(i) > 0.95 && !people.coach[i]
              ? 'private'
              : u(i) > 0.85 && !people.coach[i]
                ? 'members_only'
                : 'public',
          ),
        theme: (rows, i) => rows.text(u(i) < 0.3 ? 'dark' : u(i) < 0.5 ? 'auto' : 'light'),
        updated_at: (rows, i) => rows.time(people.joined[i]!),
      },
    }
  },
}

export const userProfiles: Table = {
  name: 'user_profiles',
  open(world) {
    const { seed, people, coaching } = world
    const ref = references(world)
    const kind = idKind(seed, 'profile')
    const u = uniform(seed, 'profile')
    const skills = skillsOf(seed, people.coach)
    const rate = hourlyRate(seed, people)
    const posts = publishedPosts(world)
    const name = nameOf(seed, people)
    const filled = (i: number) => u(i) < 0.7 || people.coach[i] === 1
    const language = (i: number) => countryOf(people, i).language
    return {
      count: people.count,
      fields: {
        profile_id: (rows, i) => rows.id(kind, i, people.joined[i]!),
        user_id: ref.user,
        brand_name: (rows, i) =>
          filled(i) ? rows.text(`${name(i).family} ${chosen(INDUSTRIES, u(i))}`) : rows.null(),
        tagline: (rows, i) =>
          filled(i) ? rows.text(sentence(language(i), u(i + people.count))) : rows.null(),
        bio: (rows, i) =>
          filled(i) ? rows.text(passage(language(i), u(i), people.coach[i] ? 480 : 220)) : rows.null(),
        occupation: (rows, i) => rows.text(people.coach[i] ? 'Coach' : chosen(OCCUPATIONS, u(i))),
        industry: (rows, i) => rows.text(chosen(INDUSTRIES, u(i))),
        years_experience: (rows, i) => rows.int(Math.floor(u(i) * 18) + (people.coach[i] ? 4 : 0)),
        location: (rows, i) => {
          const { code: country, city, zone } = countryOf(people, i)
          rows.jsonb({ country, city: chosen(city, u(i)), timezone: zone })
        },
        social_links: (rows, i) =>
          u(i) < 0.3
            ? rows.jsonb({ linkedin: `https://www.linkedin.com/in/${usernameOf(name(i), i)}` })
            : rows.null(),
        skills: (rows, i) => {
          const names = skills(i).map((skill) => SKILLS[skill]!)
          if (names.length > 0) rows.jsonb(names.sort())
          else rows.null()
        },
        hourly_rate: (rows, i) => (people.coach[i] ? rows.decimal(rate(i)) : rows.null()),
        currency: (rows, i) => rows.text(countryOf(people, i).currency),
        availability_status: (rows, i) =>
          people.coach[i] ? rows.text(u(i) < 0.7 ? 'available' : u(i) < 0.9 ? 'busy' : 'away') : rows.null(),
        coaching_specialties: (rows, i) => {
          if (people.coach[i]) rows.jsonb([chosen(SKILLS, u(i)), chosen(SKILLS, u(i + people.count))])
          else rows.null()
        },
        session_count: (rows, i) => rows.int(coaching.completed[i]!),
        rating_count: (rows, i) => rows.int(coaching.ratings[i]!),
        rating_sum: (rows, i) => rows.int(coaching.ratingSum[i]!),
        // As profile_completion (V016) sums them up: what everybody has, brand, tagline and bio, three skills, a link.
        profile_completion_percent: (rows, i) =>
          rows.int(30 + (filled(i) ? 30 : 0) + (skills(i).length >= 3 ? 10 : 0) + (u(i) < 0.3 ? 5 : 0)),
        post_count: (rows, i) => rows.int(posts[i]!),
        follower_count: (rows, i) => rows.int(people.followers[i]!),
        following_count: (rows, i) => rows.int(people.following[i]!),
        created_at: (rows, i) => rows.time(people.joined[i]!),
        updated_at: (rows, i) => rows.time(people.joined[i]!),
      },
    }
  },
}

function publishedPosts({ seed, people, community }: World): Uint32Array {
  const counts = new Uint32Array(people.count)
  const hidden = hiddenPosts(seed)
  for (let post = 0; post < community.posts; post++) if (!hidden(post)) counts[community.author[post]!]! += 1
  return counts
}

/** One post in two hundred was taken down or waits for a moderator. */
export function hiddenPosts(seed: number): (post: number) => boolean {
  const u = uniform(seed, 'posts.hidden')
  return (post) => u(post) < 0.005
}

export const tags: Table = {
  name: 'tags',
  open(world) {
    const ref = references(world)
    return {
      count: SKILLS.length,
      fields: {
        tag_id: ref.tag,
        name: (rows, i) => rows.text(SKILLS[i]!),
        slug: (rows, i) => rows.text(slugOf(SKILLS[i]!)),
        category: words('skill'),
        usage_count: (rows, i) => rows.int(world.people.skillUses[i]!),
        created_at: (rows) => rows.time(world.calendar.start),
      },
    }
  },
}

export const userSkills: Table = {
  name: 'user_skills',
  open(world) {
    const { seed, people } = world
    const ref = references(world)
    const kind = idKind(seed, 'skill')
    const u = uniform(seed, 'skills.level')
    const { person, skill } = skillsHeld(world)
    const endorsers = endorsersOf(world, person)
    const levels = ['beginner', 'intermediate', 'intermediate', 'advanced', 'expert'] as const
    return {
      count: person.length,
      fields: {
        user_skill_id: (rows, i) => rows.id(kind, i, people.joined[person[i]!]!),
        user_id: (rows, i) => ref.user(rows, person[i]!),
        tag_id: (rows, i) => ref.tag(rows, skill[i]!),
        level: (rows, i) => rows.text(chosen(levels, u(i))),
        endorsement_count: (rows, i) => rows.int(endorsers(i).length),
        created_at: (rows, i) => rows.time(people.joined[person[i]!]!),
      },
    }
  },
}

export const skillEndorsements: Table = {
  name: 'skill_endorsements',
  open(world) {
    const { people } = world
    const ref = references(world)
    const { person, skill } = skillsHeld(world)
    const endorsers = endorsersOf(world, person)
    const held: number[] = []
    const endorser: number[] = []
    for (let i = 0; i < person.length; i++) {
      for (const one of endorsers(i)) {
        held.push(i)
        endorser.push(one)
      }
    }
    return {
      count: held.length,
      fields: {
        user_id: (rows, i) => ref.user(rows, person[held[i]!]!),
        tag_id: (rows, i) => ref.tag(rows, skill[held[i]!]!),
        endorser_id: (rows, i) => ref.user(rows, endorser[i]!),
        created_at: (rows, i) =>
          rows.time(Math.max(people.joined[person[held[i]!]!]!, people.joined[endorser[i]!]!)),
      },
    }
  },
}

/** Every skill of every person, side by side. */
function skillsHeld({ seed, people }: World) {
  const skills = skillsOf(seed, people.coach)
  const person: number[] = []
  const skill: number[] = []
  for (let i = 0; i < people.count; i++) {
    for (const one of skills(i)) {
      person.push(i)
      skill.push(one)
    }
  }
  return { person, skill }
}

/** Who vouches for a skill: nobody for most, up to eleven for a few. */
function endorsersOf({ seed, people }: World, holder: readonly number[]): (held: number) => number[] {
  const many = uniform(seed, 'endorsements.many')
  const first = uniform(seed, 'endorsements.first')
  return (held) =>
    Array.from({ length: Math.floor(many(held) ** 12 * 12) }, (_, step) => {
      return (Math.floor(first(held) * people.count) + step) % people.count
    }).filter((endorser) => endorser !== holder[held])
}

export const userConsents: Table = {
  name: 'user_consents',
  open(world) {
    const { people } = world
    const ref = references(world)
    const kind = idKind(world.seed, 'consent')
    const at = (i: number) => people.joined[i >> 1]!
    return {
      count: people.count * 2,
      fields: {
        consent_id: (rows, i) => rows.id(kind, i, at(i)),
        user_id: (rows, i) => ref.user(rows, i >> 1),
        purpose: (rows, i) => rows.text(i & 1 ? 'privacy' : 'terms'),
        version: words('1'),
        granted: (rows) => rows.bool(true),
        recorded_at: (rows, i) => rows.time(at(i)),
        ip_address: nothing,
        source: words('registration'),
      },
    }
  },
}

export const userConnections: Table = {
  name: 'user_connections',
  open(world) {
    const { people, calendar, seed } = world
    const ref = references(world)
    const kind = idKind(seed, 'follow')
    const u = uniform(seed, 'follows.at')
    const at = (i: number) => {
      const from = Math.max(people.joined[people.follower[i]!]!, people.joined[people.followed[i]!]!)
      return Math.floor(from + u(i) ** 2 * Math.min(200 * DAY, calendar.end - from))
    }
    return {
      count: people.follower.length,
      fields: {
        connection_id: (rows, i) => rows.id(kind, i, at(i)),
        follower_id: (rows, i) => ref.user(rows, people.follower[i]!),
        following_id: (rows, i) => ref.user(rows, people.followed[i]!),
        created_at: (rows, i) => rows.time(at(i)),
      },
    }
  },
}

export type Name = { readonly given: string; readonly family: string }

export function nameOf(seed: number, people: People): (person: number) => Name {
  const given = uniform(seed, 'people.given')
  const family = uniform(seed, 'people.family')
  return (person) => {
    const country = countryOf(people, person)
    return { given: chosen(country.given, given(person)), family: chosen(country.family, family(person)) }
  }
}

const slugs = new Map<string, string>()

/** Lower case, without accents; the number makes it nobody else's. */
function usernameOf(name: Name, person: number): string {
  return `${plain(name.given)}.${plain(name.family)}${person}`
}

export const emailOf = (name: Name, person: number) => `${usernameOf(name, person)}@example.com`

function plain(name: string): string {
  const slug = slugs.get(name) ?? slugOf(name).replaceAll('-', '')
  slugs.set(name, slug)
  return slug
}

export const languageAt = (u: number) => LANGUAGES[u < 0.66 ? 0 : u < 0.83 ? 1 : 2]!
