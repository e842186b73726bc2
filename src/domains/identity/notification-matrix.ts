import { wallTime } from '../../platform/time-zones.ts'

/** What people are told about. A new type is added here and nowhere else. */
export const NOTIFICATION_TYPES = [
  'account',
  'security',
  'learning',
  'coaching',
  'events',
  'community',
  'messages',
  'commerce',
  'partners',
  'marketing',
] as const
export type NotificationType = (typeof NOTIFICATION_TYPES)[number]

/** The ways that someone may switch off; what is told is listed in the application all the same. */
export const OPTIONAL_CHANNELS = ['email', 'sms', 'push'] as const
export type Channel = (typeof OPTIONAL_CHANNELS)[number] | 'in_app'

/** As a column holds it: `all`, and the types that differ from it. */
export type Choices = Readonly<Partial<Record<NotificationType | 'all', boolean>>>

export type NotificationSettings = {
  readonly email: Choices
  readonly sms: Choices
  readonly push: Choices
  readonly quiet_hours: { readonly start: string; readonly end: string } | null
  readonly digest: 'off' | 'daily' | 'weekly'
  readonly timezone: string
}

type Ways = { email: boolean; sms: boolean; push: boolean; in_app: true }
export type Matrix = Record<NotificationType, Ways>

/** With a digest these wait for it instead of coming as mails of their own; the others lose their worth by waiting. */
export const GATHERED: ReadonlySet<NotificationType> = new Set([
  'learning',
  'community',
  'partners',
  'marketing',
])

/** Every type by every channel, as it holds. */
export function matrixOf(settings: NotificationSettings): Matrix {
  const ways = (type: NotificationType): Ways => ({
    email: isOn(settings, type, 'email'),
    sms: isOn(settings, type, 'sms'),
    push: isOn(settings, type, 'push'),
    in_app: true,
  })
  return Object.fromEntries(NOTIFICATION_TYPES.map((type) => [type, ways(type)])) as Matrix
}

/**
 * Whether this may go out at this moment. The list in the application is always written; security passes the quiet
 * hours; what a digest gathers is not mailed by itself.
 */
export function isWelcome(
  settings: NotificationSettings,
  type: NotificationType,
  channel: Channel,
  at: Date,
): boolean {
  if (!isOn(settings, type, channel)) return false
  if (channel === 'in_app' || type === 'security') return true
  if (channel === 'email' && settings.digest !== 'off' && GATHERED.has(type)) return false
  return !isQuiet(settings, at)
}

/** What concerns the account's safety is always mailed; marketing needs a yes of its own, which `all` is not (R9). */
function isOn(settings: NotificationSettings, type: NotificationType, channel: Channel): boolean {
  if (channel === 'in_app' || (channel === 'email' && type === 'security')) return true
  const choices = settings[channel]
  return (choices[type] ?? (type === 'marketing' ? false : choices.all)) === true
}

/** By the clock on the person's wall, so that a change of clocks moves nothing. The end is not quiet any more. */
function isQuiet({ quiet_hours, timezone }: NotificationSettings, at: Date): boolean {
  if (!quiet_hours) return false
  const { start, end } = quiet_hours
  const now = wallTime(at, timezone)
  return start < end ? start <= now && now < end : start <= now || now < end
}
