/** Area/Location, or UTC: names that a person means. Offsets (`+03:00`) and old abbreviations (`EST`) know no summer time. */
const NAME = /^(?:UTC|[A-Z][\w+-]*(?:\/[A-Z][\w+-]*){1,2})$/
const formats = new Map<string, Intl.DateTimeFormat>()

/** An IANA name that this Node's tzdata knows, former names (`Asia/Calcutta`) included: browsers still send them. */
export function isTimeZone(name: string): boolean {
  if (!NAME.test(name)) return false
  try {
    clockOf(name)
    return true
  } catch {
    return false
  }
}

/** What the clocks there show, `HH:MM` from `00:00` to `23:59`. Throws RangeError for a zone that nobody knows. */
export function wallTime(at: Date, timeZone: string): string {
  return clockOf(timeZone).format(at)
}

/** Making one takes 50 µs, using it 1; there are no more of them than zones. */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  formats.set(timeZone, made)
  return made
}

/** What calendar and clock there show: `2026-03-29T02:30`. Throws RangeError for a zone that nobody knows. */
export function wallClock(at: Date, timeZone: string): string {
  return new Date(at.getTime() + offsetAt(at, timeZone)).toISOString().slice(0, 16)
}

/**
 * The moment at which calendar and clock there show this (`2026-03-29T02:30`). What they show twice, when clocks go back: the first
 * time. What they never show, when clocks go forward: as much later as they are put forward (RFC 5545, as calendars do).
 */
export function instantOf(wall: string, timeZone: string): Date {
  const asUtc = Date.parse(`${wall}:00Z`)
  // A day to each side no zone is still, or already, in the same change.
  const [before, after] = [-DAY, DAY].map((far) => asUtc - offsetAt(new Date(asUtc + far), timeZone)) as [
    number,
    number,
  ]
  const shown = [before, after].filter((at) => wallClock(new Date(at), timeZone) === wall)
  return new Date(shown.length > 0 ? Math.min(...shown) : before)
}

const DAY = 86_400_000
const offsets = new Map<string, Intl.DateTimeFormat>()

/** How far the clocks there are ahead of UTC, in milliseconds. */
function offsetAt(at: Date, timeZone: string): number {
  let format = offsets.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    })
    offsets.set(timeZone, format)
  }
  // `29/03/2026, 02:30:00`
  const [, day, month, year, time] = /^(\d\d)\/(\d\d)\/(\d{4}), (.*)$/.exec(format.format(at)) ?? []
  const shown = Date.parse(`${year}-${month}-${day}T${time}Z`)
  return shown - Math.floor(at.getTime() / 1000) * 1000
}
