import { instantOf, isTimeZone, wallClock, wallTime } from '../../platform/time-zones.ts'

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
export type OptionalChannel = (typeof OPTIONAL_CHANNELS)[number]

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

/** When something may go out by a way: never where it is switched off, at a later moment, or with the digest of that moment. */
export type WayOut =
  | { readonly when: 'never' }
  | { readonly when: 'now' }
  | { readonly when: 'later' | 'digest'; readonly at: Date }

/**
 * When this may go out, asked at this moment. What is urgent, and all that concerns safety, passes quiet hours and waits for
 * no digest; a digest that would come within quiet hours comes at their end.
 */
export function wayOut(
  settings: NotificationSettings,
  type: NotificationType,
  channel: OptionalChannel,
  at: Date,
  urgent = false,
): WayOut {
  if (!isOn(settings, type, channel)) return { when: 'never' }
  if (urgent || type === 'security') return { when: 'now' }
  // What another release, or an import, took for a zone is no reason to tell nobody.
  const timezone = isTimeZone(settings.timezone) ? settings.timezone : 'UTC'
  return welcomeAt({ ...settings, timezone }, type, channel, at)
}

function welcomeAt(
  settings: NotificationSettings,
  type: NotificationType,
  channel: OptionalChannel,
  at: Date,
): WayOut {
  if (channel === 'email' && settings.digest !== 'off' && GATHERED.has(type)) {
    const next = nextDigest(settings, at)
    return { when: 'digest', at: quietUntil(settings, next) ?? next }
  }
  const later = quietUntil(settings, at)
  return later ? { when: 'later', at: later } : { when: 'now' }
}

/** What concerns the account's safety is always mailed; marketing needs a yes of its own, which `all` is not (R9). */
function isOn(settings: NotificationSettings, type: NotificationType, channel: OptionalChannel): boolean {
  if (channel === 'email' && type === 'security') return true
  const choices = settings[channel]
  return (choices[type] ?? (type === 'marketing' ? false : choices.all)) === true
}

/** Null outside quiet hours. By the clock on the person's wall, so that a change of clocks moves nothing. The end is not quiet any more. */
function quietUntil({ quiet_hours, timezone }: NotificationSettings, at: Date): Date | null {
  if (!quiet_hours) return null
  const { start, end } = quiet_hours
  const now = wallTime(at, timezone)
  const isQuiet = start < end ? start <= now && now < end : start <= now || now < end
  if (!isQuiet) return null
  const asFar = (minutes(end) - minutes(now) + 1440) % 1440
  const guess = new Date(Math.floor(at.getTime() / 60_000 + asFar) * 60_000)
  // Unless clocks are changed until then, it is as far off as it looks.
  const wall = wallClock(guess, timezone)
  if (wall.endsWith(end)) return guess
  const day = wallClock(at, timezone).slice(0, 10)
  return instantOf(`${now < end ? day : dayAfter(day, 1)}T${end}`, timezone)
}

const DIGEST_AT = '08:00'
const MONDAY = 1

/** The next eight in the morning there; with a weekly one, of a Monday. */
function nextDigest({ digest, timezone }: NotificationSettings, at: Date): Date {
  const now = wallClock(at, timezone)
  let day = now.slice(0, 10)
  if (now.slice(11) >= DIGEST_AT) day = dayAfter(day, 1)
  if (digest === 'weekly') day = dayAfter(day, (MONDAY - weekday(day) + 7) % 7)
  return instantOf(`${day}T${DIGEST_AT}`, timezone)
}

function minutes(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
}

function weekday(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay()
}

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}
