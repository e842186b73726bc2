import { type Static, type TSchema, Type } from 'typebox'
import {
  Closed,
  Currency,
  Language,
  Nullable,
  OneOf,
  Patch,
  Timestamp,
  TimeZone,
} from '../../../platform/http/index.ts'

const Theme = OneOf(['light', 'dark', 'auto'])
const Visibility = OneOf(['public', 'members_only', 'private'])
const AllowMessages = OneOf(['all', 'connections_only', 'off'])
const Digest = OneOf(['off', 'daily', 'weekly'])
const WallTime = Type.String({ pattern: '^(?:[01]\\d|2[0-3]):[0-5]\\d$', examples: ['22:00'] })
const QuietHours = Closed({ start: WallTime, end: WallTime })

/** A grid of twelve columns. */
const DashboardLayout = Type.Array(
  Closed({
    widget: Type.String({ pattern: '^[a-z0-9]+(?:[_-][a-z0-9]+)*$', maxLength: 50 }),
    column: Type.Integer({ minimum: 0, maximum: 11 }),
    row: Type.Integer({ minimum: 0, maximum: 199 }),
    width: Type.Integer({ minimum: 1, maximum: 12 }),
    height: Type.Integer({ minimum: 1, maximum: 20 }),
    hidden: Type.Optional(Type.Boolean()),
  }),
  { maxItems: 50 },
)

const Always = Type.Literal(true, { description: 'Cannot be switched off' })
const Row = Closed({ email: Type.Boolean(), sms: Type.Boolean(), push: Type.Boolean(), in_app: Always })
const RowChange = Patch({ email: Type.Boolean(), sms: Type.Boolean(), push: Type.Boolean(), in_app: Always })

/** Every notification type by what `row` says of its channels; security is mailed whatever else is said. */
function matrix<R extends TSchema, S extends TSchema>(row: R, security: S) {
  return {
    account: row,
    security,
    learning: row,
    coaching: row,
    events: row,
    community: row,
    messages: row,
    commerce: row,
    partners: row,
    marketing: row,
  }
}

export const MatrixChange = Patch(
  matrix(RowChange, Patch({ email: Always, sms: Type.Boolean(), push: Type.Boolean(), in_app: Always })),
)
export type MatrixChange = Static<typeof MatrixChange>

/** What brings somebody here. */
const GOALS = ['learn', 'coaching', 'business', 'meet', 'show', 'coach'] as const
/** How far they have come in telling us of themselves. */
const STEPS = ['goals', 'skills', 'language', 'done'] as const
const Onboarding = {
  goals: Type.Array(OneOf(GOALS), { maxItems: GOALS.length, uniqueItems: true }),
  step: OneOf(STEPS, { description: 'The next one' }),
}

const WHEN_AWAY = { description: 'Mail only what was not seen here: nothing while one is online' }

export const SettingsChange = Patch({
  language: Language,
  timezone: TimeZone,
  currency: Currency,
  theme: Theme,
  dashboard_layout: Nullable(DashboardLayout),
  profile_visibility: Visibility,
  show_activity: Type.Boolean(),
  allow_messages: AllowMessages,
  onboarding: Patch(Onboarding),
  notifications: Patch({
    matrix: MatrixChange,
    quiet_hours: Nullable(QuietHours),
    digest: Digest,
    email_when_away: Type.Boolean(WHEN_AWAY),
  }),
})
export type SettingsChange = Static<typeof SettingsChange>

const Text = Nullable(Type.String())

export const Settings = Closed({
  language: Text,
  timezone: Text,
  currency: Text,
  theme: Text,
  dashboard_layout: Type.Unknown(),
  profile_visibility: Text,
  show_activity: Nullable(Type.Boolean()),
  allow_messages: Text,
  notifications: Closed({
    matrix: Closed(matrix(Row, Row)),
    quiet_hours: Nullable(QuietHours),
    digest: Digest,
    email_when_away: Type.Boolean(WHEN_AWAY),
  }),
  onboarding: Closed(Onboarding),
  updated_at: Nullable(Timestamp),
})
