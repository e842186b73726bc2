import { type Static, Type } from 'typebox'
import {
  Closed,
  Country,
  Language,
  Line,
  Nullable,
  OneOf,
  Page,
  PageQuery,
  Prose,
  Timestamp,
  Uuid,
} from '../../../platform/http/index.ts'
import { OPTIONAL_CHANNELS, PersonCard } from '../../identity/index.ts'

const BroadcastType = OneOf(['account', 'marketing'], {
  description: 'marketing: only those who agreed to it are told; account: what everybody has to know',
})
const Status = OneOf(['draft', 'sending', 'sent', 'stopped'])
const Channels = Type.Array(OneOf(OPTIONAL_CHANNELS), {
  uniqueItems: true,
  maxItems: OPTIONAL_CHANNELS.length,
  description: 'By which ways beside the list in the application, where somebody has not switched them off',
})

const Words = Closed({
  title: Line(100),
  message: Prose(1000),
  action: Type.Optional(Line(40)),
})
const Texts = Closed({ en: Words, sw: Words, fr: Words })

const ROLES = ['member', 'coach', 'partner', 'admin', 'super_admin'] as const
const NARROWINGS = ['program', 'partner', 'followers'] as const

/** Everybody whom all of it fits; empty: everybody. */
const Segment = Closed({
  role: Type.Optional(OneOf(ROLES)),
  country: Type.Optional(Country),
  language: Type.Optional(Language),
  narrowed_by: Type.Optional(
    OneOf(NARROWINGS, {
      description: 'Those who learn in the program `of`, act for that partner, follow that person',
    }),
  ),
  of: Type.Optional(Uuid),
})

export const NewBroadcast = Closed({
  type: BroadcastType,
  channels: Channels,
  texts: Texts,
  path: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 300,
      description: 'A page of this site, in no language: /events/indaba',
    }),
  ),
  segment: Segment,
})
export type NewBroadcast = Static<typeof NewBroadcast>

export const BroadcastPath = Closed({ broadcast_id: Uuid })

const SHOWN = {
  broadcast_id: Uuid,
  type: BroadcastType,
  channels: Channels,
  texts: Texts,
  path: Nullable(Type.String()),
  segment: Closed({
    role: Nullable(Type.String()),
    country: Nullable(Type.String()),
    language: Nullable(Type.String()),
    narrowed_by: Nullable(OneOf(NARROWINGS)),
    of: Nullable(Uuid),
    name: Nullable(Type.String({ description: 'What it is narrowed by, as it is called now' })),
  }),
  status: Status,
  people: Nullable(Type.Integer({ description: 'How many there were when it was confirmed' })),
  told: Type.Integer({ description: 'How many of them the sending has come to' }),
  fact_id: Nullable(Type.String({ format: 'uuid', description: 'What the log of deliveries knows it by' })),
  created_by: Nullable(PersonCard),
  created_at: Timestamp,
  sent_by: Nullable(PersonCard),
  sent_at: Nullable(Timestamp),
  stopped_by: Nullable(PersonCard),
  finished_at: Nullable(Timestamp),
} as const

export const Broadcasts = Page(Closed(SHOWN))
export const BroadcastsQuery = PageQuery({})

export const Broadcast = Closed({
  ...SHOWN,
  deliveries: Type.Array(
    Closed({
      channel: Type.String(),
      status: Type.String(),
      reason: Nullable(Type.String()),
      count: Type.Integer(),
    }),
  ),
})

const OneWay = Closed({
  reachable: Type.Integer(),
  switched_off: Type.Integer(),
  no_address: Type.Integer({ description: 'No confirmed address or number, no browser that takes it' }),
})

export const Reach = Closed({
  people: Type.Integer({ description: 'Who will find it in the application' }),
  without_consent: Type.Integer({ description: 'Who never agreed to marketing, and is not told' }),
  email: OneWay,
  sms: OneWay,
  push: OneWay,
})
export type Reach = Static<typeof Reach>

export const Confirmation = Closed({
  people: Type.Integer({ minimum: 0, description: 'How many there were when it was looked at' }),
})
