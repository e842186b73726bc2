import { Type } from 'typebox'
import { Closed, Language, Money, Nullable, Slug, Timestamp, Uuid } from '../../platform/http/index.ts'
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

export const EventPath = Closed({ slug: Slug })
