/** Times as a clock on the wall of a zone shows them, which is what people type into a field: `2026-03-01T09:30`. */

export function toWallTime(moment: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  return parts.format(new Date(moment)).replace(' ', 'T')
}

/** The moment in UTC; null for what is no time, also of no calendar (31 February). */
export function fromWallTime(text: string, zone: string): string | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text)) return null
  const asUtc = Date.parse(`${text}Z`)
  if (Number.isNaN(asUtc) || new Date(asUtc).toISOString().slice(0, 16) !== text) return null
  // Twice: the first guess may lie on the other side of a change to or from summer time.
  let moment = asUtc
  for (let i = 0; i < 2; i++) moment += asUtc - Date.parse(`${toWallTime(moment, zone)}Z`)
  return new Date(moment).toISOString()
}
