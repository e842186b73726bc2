import { type Static, Type } from 'typebox'
import {
  Closed,
  Country,
  Currency,
  HttpsLink,
  Line,
  Money,
  Nullable,
  OneOf,
  Patch,
  Prose,
  Timestamp,
  TimeZone,
} from '../../../platform/http/index.ts'
import { CoverKey, PhotoKey, PortfolioPicture } from './pictures.ts'
import { SocialLinks } from './social-links.ts'

/** Certificates often say no more than their year or month. */
const CalendarDate = Type.String({
  pattern: '^(?:19|20)\\d{2}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\\d|3[01]))?)?$',
  description: 'YYYY, YYYY-MM or YYYY-MM-DD',
})

const Certification = Closed({
  name: Line(200),
  issuer: Line(200),
  date: Type.Optional(Nullable(CalendarDate)),
  credential_id: Type.Optional(Nullable(Line(100))),
  url: Type.Optional(Nullable(HttpsLink)),
})

const PortfolioItem = Closed({
  title: Line(200),
  url: HttpsLink,
  type: OneOf(['website', 'article', 'image', 'video', 'audio', 'document', 'product', 'other']),
  description: Type.Optional(Nullable(Prose(1000))),
  asset_id: Type.Optional(Nullable(PortfolioPicture)),
})

/** At most what fits its DECIMAL(10,2). */
const Rate = Closed({
  amount_minor: Type.Integer({ minimum: 0, maximum: 9_999_999_999 }),
  currency: Currency,
})

export const ProfileChange = Patch({
  brand_name: Nullable(Line(255)),
  tagline: Nullable(Line(500)),
  bio: Nullable(Prose(5000)),
  mission_statement: Nullable(Prose(2000)),
  occupation: Nullable(Line(255)),
  industry: Nullable(Line(100)),
  years_experience: Nullable(Type.Integer({ minimum: 0, maximum: 80 })),
  location: Nullable(
    Patch({ country: Nullable(Country), city: Nullable(Line(100)), timezone: Nullable(TimeZone) }),
  ),
  show_email: Type.Boolean(),
  show_phone: Type.Boolean(),
  social_links: Nullable(SocialLinks),
  certifications: Nullable(Type.Array(Certification, { maxItems: 30 })),
  portfolio_urls: Nullable(Type.Array(PortfolioItem, { maxItems: 30 })),
  hourly_rate: Nullable(Rate),
  availability_status: Nullable(OneOf(['available', 'busy', 'away'])),
  coaching_specialties: Nullable(Type.Array(Line(100), { maxItems: 20, uniqueItems: true })),
  coaching_languages: Nullable(
    Type.Array(Type.String({ pattern: '^[a-z]{2,3}$', examples: ['sw'] }), {
      maxItems: 20,
      uniqueItems: true,
      description: 'BCP 47 primary subtags',
    }),
  ),
})
export type ProfileChange = Static<typeof ProfileChange>

const Text = Nullable(Type.String())
const Count = Nullable(Type.Integer())
/** As the person filled it in. */
const Free = Type.Unknown()
/** Who sees it. */
const Audience = OneOf(['public', 'members_only', 'private'])

/** One's own profile: what it says, who sees which part of it, and what it still lacks. */
export const OwnProfile = Closed({
  brand_name: Text,
  tagline: Text,
  bio: Text,
  mission_statement: Text,
  occupation: Text,
  industry: Text,
  years_experience: Count,
  location: Free,
  show_email: Nullable(Type.Boolean()),
  show_phone: Nullable(Type.Boolean()),
  social_links: Free,
  skills: Nullable(Type.Array(Type.String())),
  certifications: Free,
  portfolio_urls: Free,
  hourly_rate: Nullable(Money),
  availability_status: Text,
  coaching_specialties: Free,
  coaching_languages: Free,
  session_count: Count,
  rating_average: Nullable(Type.Number()),
  rating_count: Count,
  profile_photo_url: PhotoKey,
  cover_photo_url: CoverKey,
  post_count: Count,
  follower_count: Count,
  following_count: Count,
  visibility: Closed({ name_and_photo: Audience, profile: Audience, email: Audience, phone: Audience }),
  completion: Closed({
    percent: Type.Integer({ minimum: 0, maximum: 100 }),
    missing: Type.Array(
      Closed({ part: Type.String(), percent: Type.Integer({ description: 'What it would add' }) }),
    ),
  }),
  updated_at: Nullable(Timestamp),
})
