/** The value of a cookie in a Cookie header, as it was sent: ours are URL-safe, so nothing is decoded. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined
  const prefix = `${name}=`
  let from = 0
  while (from < header.length) {
    let end = header.indexOf(';', from)
    if (end === -1) end = header.length
    while (header.charCodeAt(from) === 32) from++
    if (header.startsWith(prefix, from)) return header.slice(from + prefix.length, end) || undefined
    from = end + 1
  }
  return undefined
}
