import { Type } from 'typebox'
import { Closed, Money, Nullable, Page, PageQuery, Timestamp, Uuid } from '../../platform/http/index.ts'
import { PersonCard, PhotoKey } from '../identity/index.ts'

const Text = Nullable(Type.String())
/** As the coach filled it in. */
const Free = Type.Unknown()

const Card = {
  user_id: Uuid,
  username: Text,
  full_name: Type.String(),
  profile_photo_url: PhotoKey,
  brand_name: Text,
  tagline: Text,
  bio: Text,
  location: Free,
  skills: Nullable(Type.Array(Type.String())),
  coaching_specialties: Free,
  hourly_rate: Money,
  availability_status: Text,
  rating_average: Nullable(Type.Number({ description: 'Null without a rating' })),
  rating_count: Type.Integer(),
  session_count: Type.Integer(),
}

export const Directory = Page(Closed(Card))

export const DirectoryQuery = PageQuery({
  skill: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: 'The name of a skill, as it is written' }),
  ),
  country: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2' })),
  min_rating: Type.Optional(
    Type.Number({ minimum: 0, maximum: 5, description: 'Above 0, coaches without a rating are left out' }),
  ),
  max_rate: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 999_999_999_999,
      description: 'For an hour, in minor units of `currency`, which it requires',
    }),
  ),
  currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' })),
})

const Review = Closed({
  feedback_id: Uuid,
  rating: Type.Integer({ minimum: 1, maximum: 5 }),
  would_recommend: Nullable(Type.Boolean()),
  feedback_text: Text,
  highlights: Free,
  created_at: Timestamp,
  reviewer: Nullable(PersonCard),
})

export const Reviews = Page(Review)
export const ReviewsQuery = PageQuery({})

const People = Type.Integer({ minimum: 0 })

export const Coach = Closed({
  ...Card,
  certifications: Free,
  languages: Type.Array(Type.String(), { description: 'BCP 47 primary subtags' }),
  rating_distribution: Closed({ 1: People, 2: People, 3: People, 4: People, 5: People }),
  reviews: Type.Array(Review, { description: 'The newest five; the rest at /coaches/{username}/reviews' }),
  next_free_day: Nullable(
    Type.String({ format: 'date', description: 'The first within sixty days that has an hour free' }),
  ),
  timezone: Nullable(Type.String({ description: 'On whose clock next_free_day is told' })),
})

export const CoachPath = Closed({
  username: Type.String({ pattern: '^[A-Za-z0-9._-]{3,100}$', description: 'Regardless of case' }),
})
