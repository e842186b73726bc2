import { hashPassword } from '../../platform/crypto/passwords.ts'
import { lastSeen } from './last-seen.ts'
import type { Row } from './rows.ts'
import type { Person } from './shapes.ts'
import { DAY, dateOf, iso } from './times.ts'
import type { World } from './world.ts'

const FILE = 'people.json'

/** People with account, roles, profile, settings, skills with those who vouch for them, consents, availability, and whom they follow. */
export async function loadPeople(world: World, password: string): Promise<void> {
  const { content, names, times } = world
  await loadTags(world)
  for (const { username, joined_days_ago } of content.people) {
    names.give('person', username, FILE, times.daysAgo(joined_days_ago))
  }
  // One hash for all: they share the password, and 44 hashes would take half a second.
  const passwordHash = await hashPassword(password)
  const seen = lastSeen(content, times)
  const people = content.people.map((person) => ({
    person,
    user_id: names.of('person', person.username, FILE),
    joined: times.daysAgo(person.joined_days_ago),
  }))
  await world.insert(
    'users',
    people.map(({ person, user_id, joined }) => ({
      user_id,
      email: person.email,
      username: person.username,
      email_verified: true,
      password_hash: passwordHash,
      full_name: person.full_name,
      last_login: iso(seen.get(person.username) ?? joined),
      created_at: iso(joined),
      updated_at: iso(joined),
    })),
  )
  await world.insert(
    'user_profiles',
    people.map(({ person, user_id, joined }) => profile(world, person, user_id, joined)),
  )
  await world.insert(
    'user_settings',
    people.map(({ person, user_id, joined }) => settings(person, user_id, joined)),
  )
  await world.insert(
    'user_roles',
    people.flatMap(({ person, user_id, joined }) => roles(person, user_id, joined)),
  )
  await world.insert(
    'user_skills',
    people.flatMap(({ person, user_id, joined }) => skills(world, person, user_id, joined)),
  )
  await world.insert('skill_endorsements', endorsements(world))
  await world.insert(
    'user_consents',
    people.flatMap(({ user_id, joined }) => consents(user_id, joined)),
  )
  await world.insert(
    'coach_availability',
    people.flatMap(({ person, user_id, joined }) => availability(person, user_id, joined)),
  )
  await world.insert('user_connections', connections(world))
}

function loadTags({ content, names, times, insert }: World): Promise<void> {
  const created = times.daysAgo(420)
  return insert(
    'tags',
    content.tags.map((tag) => ({
      tag_id: names.give('tag', tag.slug, 'tags.json', created),
      ...tag,
      created_at: iso(created),
    })),
  )
}

function profile({ content, names }: World, person: Person, user_id: string, joined: number): Row {
  const { coach } = person
  const tagName = (slug: string) => {
    names.of('tag', slug, FILE)
    return content.tags.find((tag) => tag.slug === slug)?.name
  }
  return {
    user_id,
    brand_name: person.brand_name,
    tagline: person.tagline,
    bio: person.bio,
    mission_statement: person.mission,
    occupation: person.occupation,
    industry: person.industry,
    years_experience: person.years_experience,
    location: person.location,
    social_links: person.social_links,
    certifications: coach?.certifications.map(certification) ?? null,
    hourly_rate: coach?.hourly_rate ?? null,
    currency: coach?.currency ?? person.currency,
    availability_status: coach?.availability_status ?? null,
    coaching_specialties: coach?.specialties.map(tagName) ?? null,
    coaching_languages: coach?.languages ?? null,
    created_at: iso(joined),
    updated_at: iso(joined),
  }
}

function certification({ year, ...named }: { name: string; issuer: string; year: number }) {
  return { ...named, date: String(year) }
}

function settings(person: Person, user_id: string, joined: number): Row {
  return {
    user_id,
    language: person.language,
    timezone: person.location.timezone,
    currency: person.currency,
    profile_visibility: person.visibility,
    allow_messages: person.allow_messages,
    theme: person.theme,
    updated_at: iso(joined),
  }
}

function roles(person: Person, user_id: string, joined: number): Row[] {
  const since = iso(joined)
  return person.roles.map((role_name) => ({ user_id, role_name, granted_at: since, valid_from: since }))
}

/** The trigger copies the names to the profile. */
function skills({ names }: World, person: Person, user_id: string, joined: number): Row[] {
  const level =
    person.years_experience >= 10 ? 'expert' : person.years_experience >= 4 ? 'advanced' : 'intermediate'
  return person.skills.map((slug) => ({
    user_id,
    tag_id: names.of('tag', slug, FILE),
    level,
    created_at: iso(joined),
  }))
}

function consents(user_id: string, joined: number): Row[] {
  return ['terms', 'privacy'].map((purpose) => ({
    user_id,
    purpose,
    version: '1',
    granted: true,
    recorded_at: iso(joined),
    source: 'registration',
  }))
}

function availability(person: Person, coach_id: string, joined: number): Row[] {
  return (person.coach?.availability ?? []).map(({ day, start, end, timezone }) => ({
    coach_id,
    day_of_week: day,
    start_time: start,
    end_time: end,
    timezone,
    effective_from: dateOf(joined),
    created_at: iso(joined),
    updated_at: iso(joined),
  }))
}

/** From the day after both had joined, one a day. */
function connections({ content, names, times }: World): Row[] {
  const file = 'connections.json'
  const after = bothJoined(content)
  return content.connections.flatMap(({ follower, following }) =>
    following.map((other, index) => ({
      follower_id: names.of('person', follower, file),
      following_id: names.of('person', other, file),
      created_at: iso(times.past(times.daysAgo(after(follower, other)) + (index + 1) * DAY)),
    })),
  )
}

/** As with connections. */
function endorsements({ content, names, times }: World): Row[] {
  const file = 'endorsements.json'
  const after = bothJoined(content)
  return content.endorsements.flatMap(({ username, skill, endorsed_by }) =>
    endorsed_by.map((endorser, index) => ({
      user_id: names.of('person', username, file),
      tag_id: names.of('tag', skill, file),
      endorser_id: names.of('person', endorser, file),
      created_at: iso(times.past(times.daysAgo(after(username, endorser)) + (index + 1) * DAY)),
    })),
  )
}

/** How many days ago the later of two people joined. */
function bothJoined({ people }: World['content']): (one: string, other: string) => number {
  const joined = new Map(people.map(({ username, joined_days_ago }) => [username, joined_days_ago]))
  return (one, other) => Math.min(joined.get(one) ?? 0, joined.get(other) ?? 0)
}
