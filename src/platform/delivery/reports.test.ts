import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseReport } from './reports.ts'

const TO = 'bounces+aaaa@example.org'

/** As Postfix writes one (RFC 3464). */
const bounce = ({ action = 'failed', status = '5.1.1', type = 'delivery-status' } = {}) => `Return-Path: <>
Delivered-To: ${TO}
From: MAILER-DAEMON@mx.example.com (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: ${TO}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=${type};
\tboundary="4B1.17/mx.example.com"

This is a MIME-encapsulated message.

--4B1.17/mx.example.com
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

<amina@example.com>: user unknown. Status: 2.0.0

--4B1.17/mx.example.com
Content-Description: Delivery report
Content-Type: message/${type}

Reporting-MTA: dns; mx.example.com
X-Postfix-Queue-ID: 4B1
Arrival-Date: Fri, 15 Jan 2027 09:00:00 +0000 (UTC)

Final-Recipient: rfc822; amina@example.com
Original-Recipient: rfc822;amina@example.com
Action: ${action}
Status: ${status}
Diagnostic-Code: smtp; 550 5.1.1 <amina@example.com>:
    Recipient address rejected

--4B1.17/mx.example.com
Content-Type: message/rfc822

Subject: Somebody replied
To: amina@example.com

Status: 2.0.0
--4B1.17/mx.example.com--
`

const parse = (text: string) => parseReport(Buffer.from(text))
const bounced = (how: Parameters<typeof bounce>[0]) => {
  const report = parse(bounce(how))
  return report?.kind === 'bounce' ? [report.isGone, report.status] : report
}

test('a delivery report says whom it is about and whether anybody is there', () => {
  assert.deepEqual(parse(bounce()), { kind: 'bounce', isGone: true, status: '5.1.1', addresses: [TO, TO] })
  assert.deepEqual(parse(bounce().replaceAll('\n', '\r\n')), parse(bounce()))
  assert.deepEqual(parse(`From MAILER-DAEMON Fri Jan 15 09:00:00 2027\n${bounce()}`), parse(bounce()))
})

test('a full mailbox, a policy, a server that was away are no proof that nobody is there', () => {
  assert.deepEqual(bounced({ status: '5.2.2' }), [false, '5.2.2'])
  assert.deepEqual(bounced({ status: '5.7.1' }), [false, '5.7.1'])
  assert.deepEqual(bounced({ status: '4.4.1' }), [false, '4.4.1'])
  assert.deepEqual(bounced({ status: '5.2.1' }), [true, '5.2.1'])
  assert.deepEqual(bounced({ status: '5.1.10' }), [true, '5.1.10'])
})

test('delays, successes and whatever is no report are nothing', () => {
  for (const action of ['delayed', 'delivered', 'relayed', 'expanded'])
    assert.equal(bounced({ action, status: '4.4.1' }), undefined, action)
  assert.equal(bounced({ status: '2.0.0' }), undefined)
  assert.equal(bounced({ status: 'no status' }), undefined)
  assert.equal(bounced({ type: 'disposition-notification' }), undefined)
  for (const text of [
    '',
    '\n\n',
    'Subject: I am away\nTo: x@y\n\nBack on Monday',
    bounce().replace('boundary=', 'x='),
  ])
    assert.equal(parse(text), undefined)
})

test('a report of a megabyte, of ten thousand parts or of endless folds is read in no time', () => {
  const from = performance.now()
  parse(bounce() + 'x'.repeat(1_000_000))
  parse(bounce().replace('--4B1.17/mx.example.com--', '--4B1.17/mx.example.com\n'.repeat(10_000)))
  parse(`To: x\n${' y@z\n'.repeat(50_000)}\n`)
  parse(`To: ${'<'.repeat(200_000)}\n\n`)
  parse(`${'a'.repeat(200_000)}: x\n\n`)
  assert.ok(performance.now() - from < 1500, `${performance.now() - from} ms`)
})

/** 262 KB of a text again and again. */
const filled = (text: string) => text.repeat(Math.ceil(262_144 / text.length)).slice(0, 262_144)
const inHead = (text: string) => `${filled(text)}\n\n`
/** As the part of a report that names recipients. */
const inStatus = (text: string) =>
  bounce().replace('Reporting-MTA: dns; mx.example.com', () => `Reporting-MTA: dns; x\n${filled(text)}`)

for (const [what, bomb] of [
  ['one name again and again', 'a:\n'],
  ['many names', Array.from({ length: 20_000 }, (_, at) => `n${at}:\n`).join('')],
  ['blanks before a lone return', `a:${' '.repeat(200_000)}\r`],
  ['many recipients', 'Final-Recipient: rfc822; a@b\nAction: delayed\n\n'],
  ['many addresses', `To: ${'a@b, '.repeat(10_000)}\n`],
  ['no end of an address', 'a'],
  ['semicolons', `Content-Type: multipart/report${'; '.repeat(100_000)}\n`],
  ['folds', 'a:\n \t\n'],
  ['empty lines', '\n'],
  ['parts within parts', 'Content-Type: multipart/report; boundary=b\n\n--b\n'],
  ['parts', '\n--4B1.17/mx.example.com\n'],
] as const)
  test(`a report that is a bomb is read in a time in proportion to its length: ${what}`, () => {
    const from = performance.now()
    parse(inHead(bomb))
    parse(inStatus(bomb))
    // Work that grows with the square of the length took from ten seconds to minutes.
    assert.ok(performance.now() - from < 2500, `${performance.now() - from} ms`)
  })

test('of the many fields and recipients of a report some are enough', () => {
  const report = parse(`${`To: ${'a@b, '.repeat(100)}\n`.repeat(300)}${bounce()}`)
  assert.equal(report, undefined)
  const many = parse(bounce().replace(`To: ${TO}`, `To: ${`${TO}, `.repeat(1000)}`))
  assert.equal(many?.kind === 'bounce' && many.addresses.length, 50)
  const values = parse(bounce().replace(`To: ${TO}\n`, `To: ${TO}\n`.repeat(100)))
  assert.equal(values?.kind === 'bounce' && values.addresses.length, 11)
})

/** As a provider's feedback loop writes one (RFC 5965). */
const complaint = (type = 'abuse', unsubscribe = '<https://example.org/u?token=abc>') => `To: ${TO}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=part

--part
Content-Type: text/plain

This is an abuse report.
--part
Content-Type: message/feedback-report

Feedback-Type: ${type}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <${TO}>

--part
Content-Type: message/rfc822

Return-Path: <${TO}>
List-Unsubscribe: ${unsubscribe}
Subject: Somebody replied

Words
--part--
`

test('a complaint says of which mail it is, as far as it was not struck out', () => {
  assert.deepEqual(parse(complaint()), {
    kind: 'complaint',
    addresses: [TO, TO, TO],
    listUnsubscribe: '<https://example.org/u?token=abc>',
  })
  const struck = parse(complaint().replace(/^List-Unsubscribe.*\n/m, ''))
  assert.equal(struck?.kind === 'complaint' && struck.listUnsubscribe, null)
  assert.equal(parse(complaint('not-spam')), undefined)
})
