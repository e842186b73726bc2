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
