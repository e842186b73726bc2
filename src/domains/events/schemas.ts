import { Type } from 'typebox'
import {
  Closed,
  Country,
  Language,
  Money,
  Nullable,
  OneOf,
  Page,
  PageQuery,
  Slug,
  Timestamp,
  Uuid,
} from '../../platform/http/index.ts'
import { PersonCard } from '../identity/index.ts'

const Text = Nullable(Type.String())
const Flag = Nullable(Type.Boolean())
const Moment = Nullable(Timestamp)

const Ticket = Closed({
  ticket_id: Uuid,
  name: Type.String(),
  description: Text,
  perks: Nullable(Type.Array(Type.String())),
  price: Money,
  sale_starts_at: Moment,
  sale_ends_at: Moment,
  remaining: Nullable(Type.Integer({ description: 'Null when unlimited' })),
  on_sale: Type.Boolean({ description: 'Within its sale period and not sold out' }),
})

export const Event = Closed({
  event_id: Uuid,
  slug: Type.String(),
  title: Type.String(),
  description: Text,
  agenda: Text,
  language: Language,
  event_date: Timestamp,
  end_date: Moment,
  timezone: Type.String({ description: 'IANA zone that the event keeps' }),
  duration_minutes: Nullable(Type.Integer()),
  location_type: Type.String(),
  physical_address: Text,
  city: Text,
  country: Nullable(Type.String({ description: 'ISO 3166-1 alpha-2' })),
  virtual_platform: Text,
  banner_image_url: Text,
  status: Type.String(),
  is_featured: Flag,
  requires_approval: Flag,
  meta_description: Text,
  published_at: Moment,
  updated_at: Timestamp,
  registration_opens_at: Moment,
  registration_closes_at: Moment,
  capacity_limit: Nullable(Type.Integer()),
  registration_count: Type.Integer(),
  spots_remaining: Nullable(Type.Integer({ description: 'Null when unlimited' })),
  registration_open: Type.Boolean({
    description: 'By status and time; with no spot remaining, what is open is the waitlist',
  }),
  organizer: Nullable(PersonCard),
  co_organizers: Type.Array(PersonCard),
  speakers: Type.Array(Type.Unknown()),
  tickets: Type.Array(Ticket),
})

const Card = Closed({
  event_id: Uuid,
  slug: Type.String(),
  title: Type.String(),
  language: Language,
  event_date: Timestamp,
  end_date: Moment,
  timezone: Type.String({ description: 'IANA zone that the event keeps' }),
  duration_minutes: Nullable(Type.Integer()),
  location_type: Type.String(),
  physical_address: Text,
  city: Text,
  country: Nullable(Type.String({ description: 'ISO 3166-1 alpha-2' })),
  virtual_platform: Text,
  banner_image_url: Text,
  status: Type.String(),
  is_featured: Type.Boolean(),
  summary: Text,
  spots_remaining: Nullable(Type.Integer({ description: 'Null when unlimited' })),
  lowest_price: Nullable(Money),
  highest_price: Nullable(Money),
  organizer: Nullable(PersonCard),
})

export const Events = Page(Card)

export const WHENS = ['upcoming', 'past'] as const
export const PLACES = ['virtual', 'physical', 'hybrid'] as const
export const PRICINGS = ['free', 'paid'] as const

export const EventsQuery = PageQuery({
  when: Type.Optional(
    OneOf(WHENS, { description: 'upcoming unless told otherwise; what is not over is to come' }),
  ),
  place: Type.Optional(OneOf(PLACES)),
  online: Type.Optional(Type.Boolean({ description: 'Whether it can be followed from anywhere' })),
  country: Type.Optional(Country),
  city: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: 'Regardless of case and accents' }),
  ),
  pricing: Type.Optional(OneOf(PRICINGS, { description: 'free: at least one ticket costs nothing' })),
  from: Type.Optional(Type.String({ format: 'date-time', description: 'Begins then or later' })),
  to: Type.Optional(Type.String({ format: 'date-time', description: 'Begins before' })),
  q: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Words, "phrases", -without' })),
})

export const EventPath = Closed({ slug: Slug })
