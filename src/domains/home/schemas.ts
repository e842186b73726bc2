import { Type } from 'typebox'
import { Closed, Language, Money, Nullable, OneOf, Timestamp, Uuid } from '../../platform/http/index.ts'
import { CoverKey, PersonCard, PhotoKey } from '../identity/index.ts'

const Text = Nullable(Type.String())
const Flag = Nullable(Type.Boolean())
const Count = Nullable(Type.Integer())
/** As the person filled it in. */
const Free = Type.Unknown()

export const Me = Closed({
  user_id: Uuid,
  email: Type.String(),
  email_verified: Flag,
  username: Text,
  full_name: Type.String(),
  phone_number: Text,
  phone_verified: Flag,
  two_factor_enabled: Flag,
  status: Type.String(),
  last_login: Nullable(Timestamp),
  created_at: Timestamp,
  roles: Type.Array(Closed({ role_name: Type.String(), expires_at: Nullable(Timestamp) })),
  roles_change_at: Nullable(Timestamp),
  must_accept: Type.Array(OneOf(['privacy', 'terms']), {
    description: 'Whose version in force I have not accepted yet: PUT /me/consents/{purpose}',
  }),
  subscription: Nullable(
    Closed({
      tier: Type.String(),
      status: Type.String(),
      billing_cycle: Type.String(),
      current_period_end: Timestamp,
      auto_renew: Flag,
    }),
  ),
  profile: Closed({
    brand_name: Text,
    tagline: Text,
    bio: Text,
    mission_statement: Text,
    occupation: Text,
    industry: Text,
    years_experience: Count,
    location: Free,
    show_email: Flag,
    show_phone: Flag,
    social_links: Free,
    skills: Nullable(Type.Array(Type.String())),
    certifications: Free,
    hourly_rate: Nullable(Money),
    availability_status: Text,
    coaching_specialties: Free,
    session_count: Count,
    rating_average: Nullable(Type.Number()),
    rating_count: Count,
    profile_photo_url: PhotoKey,
    cover_photo_url: CoverKey,
    portfolio_urls: Free,
    profile_completion_percent: Count,
    post_count: Count,
    follower_count: Count,
    following_count: Count,
    updated_at: Nullable(Timestamp),
  }),
  settings: Closed({
    language: Text,
    timezone: Text,
    currency: Text,
    profile_visibility: Text,
    theme: Text,
  }),
})

/** Booked and still to come. */
export const Agenda = Closed({
  items: Type.Array(
    Closed({
      kind: OneOf(['event', 'session']),
      id: Uuid,
      starts_at: Timestamp,
      duration_minutes: Count,
      title: Nullable(Type.String({ description: "The event's; of a session what it is about" })),
      slug: Nullable(Type.String({ description: "The event's address" })),
      place: OneOf(['virtual', 'physical', 'hybrid']),
      status: Type.String({ description: 'registered, waitlisted; scheduled, confirmed' }),
      with: Nullable({ ...PersonCard, description: 'Who organises it, or sits on the other side' }),
    }),
  ),
})

export const AgendaQuery = Closed({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20, default: 5 })),
})

export const KINDS = ['programs', 'people', 'posts', 'events'] as const

export const SearchQuery = Closed({
  q: Type.String({ minLength: 2, maxLength: 200, description: 'What was typed so far' }),
  type: Type.Optional(OneOf(KINDS)),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20, default: 5, description: 'Of each kind' })),
})

const FoundProgram = Closed({
  program_id: Uuid,
  slug: Type.String(),
  title: Type.String(),
  category: Text,
  difficulty_level: Text,
  language: Language,
  pricing_type: Type.String(),
  price: Nullable(Money),
  thumbnail_url: Text,
})

const FoundPerson = Closed({
  ...PersonCard.properties,
  tagline: Text,
  is_coach: Type.Boolean({ description: 'Has a page of their own at /coaches/{username}' }),
})

const FoundPost = Closed({
  post_id: Uuid,
  slug: Text,
  title: Text,
  excerpt: Text,
  category: Type.String(),
  language: Language,
  published_at: Nullable(Timestamp),
  author: Nullable(PersonCard),
})

const FoundEvent = Closed({
  event_id: Uuid,
  slug: Type.String(),
  title: Type.String(),
  language: Language,
  event_date: Timestamp,
  timezone: Type.String(),
  location_type: Type.String(),
  city: Text,
  country: Text,
  status: Type.String(),
})

/** Null: was not asked for. */
export const Found = Closed({
  programs: Nullable(Type.Array(FoundProgram)),
  people: Nullable(Type.Array(FoundPerson)),
  posts: Nullable(Type.Array(FoundPost)),
  events: Nullable(Type.Array(FoundEvent)),
})
