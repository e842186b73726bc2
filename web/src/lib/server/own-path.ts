const LEADS_AWAY = /^(?:\/(?:sw|fr))?\/[/\\]/

/** A path of this site to go (back) to; whatever else was asked for, `/` (no open redirects). */
export function ownPath(wanted: unknown, otherwise = '/'): string {
  if (typeof wanted !== 'string' || !wanted.startsWith('/') || wanted.length > 1000) return otherwise
  const base = 'https://own.invalid'
  if (!URL.canParse(wanted, base)) return otherwise
  const url = new URL(wanted, base)
  const path = url.pathname + url.search + url.hash
  // `/x/..//evil.example` is a path of ours until a browser reads it as an address.
  return url.origin === base && !LEADS_AWAY.test(path) ? path : otherwise
}
