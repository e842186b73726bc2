import { Type } from 'typebox'
import { Closed, Money, Nullable, Page, PageQuery, Uuid } from '../../platform/http/index.ts'

const Text = Nullable(Type.String())
/** As the coach filled it in. */
const Free = Type.Unknown()

export const Coach = Closed({
  user_id: Uuid,
  username: Text,
  full_name: Type.String(),
  profile_photo_url: Text,
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
})

export const Directory = Page(Coach)

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
