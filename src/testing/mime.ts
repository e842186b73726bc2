/** A mail as it came over the wire (RFC 5322, 2045, 2047), as far as ours go: headers, and the parts by their type. */
export type ParsedMail = {
  /** By lower-case name, unfolded, encoded words decoded. */
  readonly headers: Readonly<Record<string, string>>
  /** `text/plain`, `text/html` … */
  readonly parts: Readonly<Record<string, string>>
}

export function parseMail(raw: string): ParsedMail {
  const { headers, body } = split(raw)
  return { headers, parts: partsOf(headers, body) }
}

function split(raw: string) {
  const end = raw.indexOf('\r\n\r\n')
  const lines = raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
  const pairs = lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), decodeWords(line.slice(colon + 1).trim())]
  })
  return { headers: Object.fromEntries(pairs) as Record<string, string>, body: raw.slice(end + 4) }
}

function partsOf(headers: Record<string, string>, body: string): Record<string, string> {
  const type = headers['content-type'] ?? 'text/plain'
  const boundary = /boundary="?([^";]+)"?/.exec(type)?.[1]
  if (boundary === undefined) return { [type.split(';')[0]!.trim()]: decode(headers, body) }
  const inner = body.split(`--${boundary}`).slice(1, -1)
  return Object.assign(
    {},
    ...inner.map((part) => {
      const whole = split(part.replace(/^\r\n/, ''))
      return partsOf(whole.headers, whole.body)
    }),
  )
}

function decode(headers: Record<string, string>, body: string): string {
  const encoding = headers['content-transfer-encoding']?.toLowerCase()
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8')
  if (encoding === 'quoted-printable') return quotedPrintable(body.replace(/=\r\n/g, ''))
  return body
}

function decodeWords(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      kind.toUpperCase() === 'B'
        ? Buffer.from(word, 'base64').toString('utf8')
        : quotedPrintable(word.replaceAll('_', ' ')),
    )
}

function quotedPrintable(text: string): string {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
