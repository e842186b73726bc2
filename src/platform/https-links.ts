const HOST = /^(?:[a-z0-9-]+\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]+)$/
const UNSAFE = /[\s\p{Cc}\p{Cf}"<>\\^`{|}]/u

/**
 * An absolute https address that leads where it seems to: no other scheme, no user name before the host, no port, no bare
 * address, nothing that a browser would read otherwise. With `hosts`, one of them or a name below it.
 */
export function isHttpsLink(text: string, hosts: readonly string[] = []): boolean {
  const hostname = URL.parse(text)?.hostname
  if (hostname === undefined || UNSAFE.test(text) || !HOST.test(hostname)) return false
  const start = `https://${hostname}`
  if (text.slice(0, start.length).toLowerCase() !== start) return false
  const next = text[start.length]
  const isWhole = next === undefined || next === '/' || next === '?' || next === '#'
  return isWhole && (hosts.length === 0 || hosts.some((host) => isBelow(hostname, host)))
}

function isBelow(hostname: string, host: string): boolean {
  return hostname === host || hostname.endsWith(`.${host}`)
}
