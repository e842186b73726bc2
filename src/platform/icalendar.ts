export type CalendarEntry = {
  /** The same for as long as the entry lives. */
  readonly uid: string
  /** When it was last changed; it also numbers the revisions, so that a later file replaces an earlier one. */
  readonly changed: Date
  readonly starts: Date
  readonly ends: Date | null
  readonly isCancelled: boolean
  readonly summary: string
  readonly description?: string | undefined
  readonly location?: string | undefined
  readonly url?: string | undefined
}

const MOST_OCTETS = 75
/** Seconds are counted from here, so that a revision's number is a 32-bit integer until 2088. */
const FIRST_REVISION = Date.UTC(2020, 0, 1)

/** An iCalendar file (RFC 5545), times in UTC, which every calendar shows in its owner's zone. */
export function calendarFile(entries: readonly CalendarEntry[]): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Brand Coach Network//EN',
    'CALSCALE:GREGORIAN',
    ...entries.flatMap(linesOf),
    'END:VCALENDAR',
  ]
  return lines.map((line) => `${fold(line)}\r\n`).join('')
}

function linesOf(entry: CalendarEntry): string[] {
  const { uid, changed, starts, ends, isCancelled, summary, description, location, url } = entry
  return [
    'BEGIN:VEVENT',
    `UID:${uid}`,
    `DTSTAMP:${utc(changed)}`,
    `LAST-MODIFIED:${utc(changed)}`,
    `SEQUENCE:${Math.max(0, Math.floor((changed.getTime() - FIRST_REVISION) / 1000))}`,
    `DTSTART:${utc(starts)}`,
    ...(ends && ends > starts ? [`DTEND:${utc(ends)}`] : []),
    `SUMMARY:${escaped(summary)}`,
    ...(description ? [`DESCRIPTION:${escaped(description)}`] : []),
    ...(location ? [`LOCATION:${escaped(location)}`] : []),
    ...(url ? [`URL:${url}`] : []),
    `STATUS:${isCancelled ? 'CANCELLED' : 'CONFIRMED'}`,
    'END:VEVENT',
  ]
}

/** §3.3.5, form 2: 20260301T093000Z. */
function utc(moment: Date): string {
  return `${moment.toISOString().replaceAll(/[-:]/g, '').slice(0, 15)}Z`
}

/** §3.3.11. Other control characters have no place in a TEXT. */
function escaped(text: string): string {
  return text
    .replaceAll(/[\\;,]/g, '\\$&')
    .replaceAll(/\r\n?|\n/g, '\\n')
    .replaceAll(/[\p{Cc}--\t]/gv, '')
}

/** §3.1: no line is longer than 75 octets; what follows begins with a space, and no character is torn. */
function fold(line: string): string {
  let octets = 0
  let folded = ''
  for (const character of line) {
    const size = Buffer.byteLength(character)
    if (octets + size > MOST_OCTETS) {
      folded += '\r\n '
      octets = 1
    }
    folded += character
    octets += size
  }
  return folded
}
