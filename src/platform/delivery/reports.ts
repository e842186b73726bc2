import { isGoneStatus } from './status.ts'

/** What a server reports of a mail of ours. `addresses`: those among which our own return path is. */
export type MailReport =
  | {
      readonly kind: 'bounce'
      /** True: nobody is there; false: this mail did not arrive. */
      readonly isGone: boolean
      readonly status: string
      readonly addresses: readonly string[]
    }
  | {
      readonly kind: 'complaint'
      readonly addresses: readonly string[]
      /** The `List-Unsubscribe` of the mail that somebody called junk. */
      readonly listUnsubscribe: string | null
    }

/**
 * More than any report needs: what follows is the mail that was sent back. Anybody may send to such an address, and all this
 * is read before any signature is: so nothing here may take more than a time in proportion to the text.
 */
const LONGEST = 262_144
const MOST_PARTS = 10
const LONGEST_HEAD = 65_536
const MOST_FIELDS = 200
const MOST_VALUES = 10
const MOST_RECIPIENTS = 50
const MOST_ADDRESSES = 50

/**
 * Delivery reports (RFC 3464) and complaints (ARF, RFC 5965), the few fields that we need and no more. Undefined for
 * everything else that is sent to such an address: absence notices, junk, reports of a delay or a success.
 */
export function parseReport(raw: Buffer): MailReport | undefined {
  const { headers, body } = entityOf(raw.subarray(0, LONGEST).toString('latin1'))
  const type = headers.get('content-type')?.[0] ?? ''
  const boundary = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(type)
  if (!/^multipart\/report\s*;/i.test(type) || !boundary) return undefined
  const parts = partsOf(body, boundary[1] ?? boundary[2] ?? '').map(entityOf)
  const part = (kind: RegExp) => parts.find((one) => kind.test(one.headers.get('content-type')?.[0] ?? ''))
  const reported = entityOf(
    part(/^(?:message\/rfc822|text\/rfc822-headers|message\/global)/i)?.body ?? '',
  ).headers
  const addresses = ENVELOPE.flatMap((name) => headers.get(name) ?? [])
    .flatMap(addressesIn)
    .slice(0, MOST_ADDRESSES)
  const delivery = part(/^message\/(?:global-)?delivery-status/i)
  if (delivery) return bounceOf(delivery.body, addresses)
  const feedback = part(/^message\/feedback-report/i)
  return feedback ? complaintOf(feedback.body, reported, addresses) : undefined
}

/** Where servers and gateways write whom an envelope was for. */
const ENVELOPE = ['to', 'delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'x-rcpt-to']

type Headers = ReadonlyMap<string, readonly string[]>
type Entity = { readonly headers: Headers; readonly body: string }

function entityOf(text: string): Entity {
  const lines = text.replaceAll('\r\n', '\n').replace(/^From [^\n]*\n/, '')
  const end = lines.startsWith('\n') ? 0 : lines.indexOf('\n\n')
  const head = end === -1 ? lines : lines.slice(0, end)
  return { headers: fieldsOf(head), body: end === -1 ? '' : lines.slice(end).replace(/^\n+/, '') }
}

/** `Name: value`, unfolded (RFC 5322, 2.2.3). */
function fieldsOf(block: string): Headers {
  const fields = new Map<string, string[]>()
  const lines = block
    .slice(0, LONGEST_HEAD)
    .replace(/\n[ \t]+/g, ' ')
    .split('\n', MOST_FIELDS)
  for (const line of lines) {
    const name = /^([!-9;-~]{1,80}):/.exec(line)?.[1]
    if (name === undefined) continue
    const values = fields.get(name.toLowerCase()) ?? []
    if (values.length < MOST_VALUES) values.push(line.slice(name.length + 1).trim())
    fields.set(name.toLowerCase(), values)
  }
  return fields
}

function partsOf(body: string, boundary: string): string[] {
  const parts = `\n${body}`.split(`\n--${boundary}`, MOST_PARTS + 1).slice(1)
  return parts.filter((part) => !part.startsWith('--')).map((part) => part.replace(/^[ \t]*\n/, ''))
}

/** Of the groups of fields the first is about the mail, each of the others about one recipient; ours have one. */
function bounceOf(body: string, addresses: readonly string[]): MailReport | undefined {
  const recipients = body
    .slice(0, LONGEST_HEAD)
    .split(/\n{2,}/, MOST_RECIPIENTS)
    .map(fieldsOf)
    .filter((fields) => fields.has('final-recipient') || fields.has('original-recipient'))
  const failed = recipients.find((fields) => /^failed\b/i.test(fields.get('action')?.[0] ?? ''))
  const status = /^[245]\.\d{1,3}\.\d{1,3}/.exec(failed?.get('status')?.[0] ?? '')?.[0]
  if (!failed || status === undefined || status.startsWith('2')) return undefined
  return { kind: 'bounce', isGone: isGoneStatus(status), status, addresses }
}

/** `not-spam` takes back what was no complaint. */
function complaintOf(body: string, reported: Headers, to: readonly string[]): MailReport | undefined {
  const fields = fieldsOf(body.trim())
  if (!/^(?:abuse|fraud|other|opt-out)$/i.test(fields.get('feedback-type')?.[0] ?? '')) return undefined
  const from = [...(fields.get('original-mail-from') ?? []), ...(reported.get('return-path') ?? [])]
  return {
    kind: 'complaint',
    addresses: [...from.flatMap(addressesIn), ...to],
    listUnsubscribe: reported.get('list-unsubscribe')?.[0] ?? null,
  }
}

function addressesIn(text: string): string[] {
  return text.match(/[^\s<>,;:"()]{1,64}@[^\s<>,;:"()]{1,255}/g) ?? []
}
