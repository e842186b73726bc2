import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { mailCommand } from '../../ops/mail.ts'
import { addressMark, returnPathTo, today } from '../../platform/delivery/index.ts'
import { postMail } from '../../platform/messages/index.ts'
import { clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, TEST_SECRET, type TestDatabase } from '../../testing/database.ts'
import { makeUser } from '../../testing/factories.ts'
import { type Mailbox, openMailbox } from '../../testing/mailbox.ts'
import { answerWith } from '../../testing/ops.ts'
import { startSmtp, type TestSmtp } from '../../testing/smtp.ts'
import { unsubscribeToken } from './index.ts'

const SECRET = 'a-secret-that-only-the-mail-server-knows'
const BOUNCES = 'bounces@example.org'

type Delivery = { suppressed: { reason: string } | null }

describe('mail that comes back', () => {
  let database: TestDatabase
  let app: TestApp
  let smtp: TestSmtp
  before(async () => {
    database = await createTestDatabase()
    smtp = await startSmtp()
    app = await startApp(database, {
      env: {
        MAIL_BOUNCE_ADDRESS: BOUNCES,
        MAIL_HOOK_SECRET: SECRET,
        SMTP_URL: smtp.url,
        MAIL_FROM: 'House <house@example.org>',
      },
    })
  })
  after(async () => {
    await app.close()
    await smtp.stop()
    await database.close()
  })
  beforeEach(() => {
    smtp.received.length = 0
    smtp.refuseWith(null)
  })

  const someone = async () => {
    const { id, email } = await makeUser(database.owner)
    const client = await signedIn(app, { id })
    const state = async () =>
      (await client.get<Delivery>('/api/v1/me/mail-delivery')).body.suppressed?.reason ?? null
    const mail = { to: email, subject: 'Somebody replied', text: 'x', html: 'x' }
    const post = (kind: 'asked' | 'told' | 'notice' = 'notice') =>
      postMail(
        { db: database.workerDb, services: app.services },
        { id: randomUUID(), ...mail },
        { userId: id, kind },
      )
    return { id, email, client, state, post }
  }
  /** Where the newest mail's report goes. */
  const returnPath = () => smtp.received.at(-1)!.from
  const report = (to: string, status = '5.1.1', more = '') =>
    [
      `To: ${to}`,
      'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
      '',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      `Reporting-MTA: dns; mx.example.com${more}`,
      '',
      'Final-Recipient: rfc822; somebody@example.com',
      'Action: failed',
      `Status: ${status}`,
      '',
      '--b--',
    ].join('\r\n')
  const hook = async (body: string, { secret = SECRET, query = '' } = {}) =>
    (
      await app.server.inject({
        method: 'POST',
        url: `/api/v1/hooks/mail/bounces${query}`,
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'message/rfc822' },
        payload: body,
      })
    ).statusCode

  test('for good stops what is sent there, but for what somebody waits for', async () => {
    const amina = await someone()
    assert.equal(await amina.post(), 'sent')
    assert.match(returnPath(), /^bounces\+[a-z2-7]{52}@example\.org$/)
    assert.equal(await hook(report(returnPath())), 204)
    assert.equal(await amina.state(), 'gone')
    assert.deepEqual(
      [await amina.post('notice'), await amina.post('told'), await amina.post('asked')],
      ['suppressed', 'suppressed', 'sent'],
    )
  })

  test('for now is counted, each report once, and stops after five within a week', async () => {
    const amina = await someone()
    await amina.post()
    const full = (n: number) => report(returnPath(), '4.2.2', `\r\nX-Number: ${n}`)
    for (let n = 0; n < 4; n++) await hook(full(n))
    for (let again = 0; again < 4; again++) await hook(full(0))
    assert.equal(await amina.state(), null)
    await database.owner.query(
      `UPDATE mail_bounces SET bounced_at = now() - interval '8 days' WHERE user_id = $1`,
      [amina.id],
    )
    await Promise.all([4, 5, 6, 7].map((n) => hook(full(n))))
    assert.equal(await amina.state(), null)
    await hook(full(8))
    assert.equal(await amina.state(), 'soft_bounces')
    assert.equal(await amina.post('told'), 'suppressed')
  })

  test('is known at once where the mail server itself refuses the recipient', async () => {
    const amina = await someone()
    smtp.refuseWith('550 5.7.1 we do not like this mail')
    await assert.rejects(amina.post(), { isFinal: true })
    assert.equal(await amina.state(), null)
    smtp.refuseWith('550 5.1.1 no such user here')
    await assert.rejects(amina.post(), { isFinal: true })
    assert.equal(await amina.state(), 'gone')
  })

  test('says nothing of another address: who moves to a new one starts clean', async () => {
    const amina = await someone()
    await amina.post()
    await hook(report(returnPath()))
    await database.owner.query('UPDATE users SET email = $2 WHERE user_id = $1', [
      amina.id,
      `new-${amina.email}`,
    ])
    assert.equal(await amina.state(), null)
    await database.owner.query('UPDATE users SET email = $2 WHERE user_id = $1', [amina.id, amina.email])
    assert.equal(await amina.state(), 'gone')
  })

  test('called junk switches off what it was about, or stops what may be stopped', async () => {
    const complaint = (to: string, header: string) =>
      [
        'Content-Type: multipart/report; report-type=feedback-report; boundary=b',
        '',
        '--b',
        'Content-Type: message/feedback-report',
        '',
        'Feedback-Type: abuse',
        `Original-Mail-From: <${to}>`,
        '',
        '--b',
        'Content-Type: text/rfc822-headers',
        '',
        header,
        'Subject: Somebody replied',
        '',
        '--b--',
      ].join('\r\n')
    const amina = await someone()
    await amina.post()
    const token = unsubscribeToken(app.services.config, {
      userId: amina.id,
      channel: 'email',
      topic: 'events',
    })
    await hook(complaint(returnPath(), `List-Unsubscribe: <https://example.org/u?token=${token}>`))
    const { body } = await amina.client.get<{
      notifications: { matrix: Record<string, { email: boolean }> }
    }>('/api/v1/me/settings')
    assert.deepEqual(
      [body.notifications.matrix.events?.email, body.notifications.matrix.coaching?.email],
      [false, true],
    )
    assert.equal(await amina.state(), null)
    await hook(complaint(returnPath(), 'X-Nothing: here'))
    assert.equal(await amina.state(), 'complaint')
    assert.deepEqual([await amina.post('notice'), await amina.post('told')], ['suppressed', 'sent'])
    // That nobody is there any more weighs more, and what weighs less does not undo it.
    await hook(report(returnPath()))
    assert.equal(await amina.state(), 'gone')
    await hook(complaint(returnPath(), 'X-Nothing: at all'))
    assert.equal(await amina.state(), 'gone')
    assert.equal(await amina.post('told'), 'suppressed')
  })

  test('that we did not send, or that is no report, changes nothing', async () => {
    const amina = await someone()
    await amina.post()
    const path = returnPath()
    const forged = path.replace(/\+(.)/, (_, first: string) => `+${first === 'a' ? 'b' : 'a'}`)
    const stranger = returnPathTo(
      { secretKey: 'another secret of thirty-two 1234', mailBounceAddress: BOUNCES },
      {
        userId: amina.id,
        mark: addressMark({ secretKey: TEST_SECRET }, amina.email),
        day: today(new Date()),
      },
    )!
    for (const body of [
      report(forged),
      report(stranger),
      report(BOUNCES),
      `To: ${path}\r\nSubject: I am away\r\n\r\nx`,
      '',
    ])
      assert.equal(await hook(body), 204)
    assert.equal(await amina.state(), null)
  })

  test('comes in by the envelope’s recipient too, and only from who knows the secret', async () => {
    const amina = await someone()
    await amina.post()
    const body = report('undisclosed')
    assert.equal(await hook(body, { secret: 'x'.repeat(40) }), 403)
    assert.equal(await amina.state(), null)
    assert.equal(await hook(body, { query: `?recipient=${encodeURIComponent(returnPath())}` }), 204)
    assert.equal(await amina.state(), 'gone')
    const closed = await startApp(database)
    const reply = await clientOf(closed).post('/api/v1/hooks/sms/reports?secret=x', undefined)
    assert.equal(reply.status, 404)
    await closed.close()
  })

  test('is taken from a mail server’s pipe by an operator’s command', async () => {
    const amina = await someone()
    await amina.post()
    const file = join(app.services.config.dataDir, 'report.eml')
    await writeFile(file, report(returnPath()))
    const words = ['bounce', '--file', file] as const
    const env = { MAIL_BOUNCE_ADDRESS: BOUNCES }
    assert.deepEqual(await answerWith(env, mailCommand, database, ...words), [
      'bounce, status 5.1.1; nothing was changed, add --yes',
    ])
    assert.equal(await amina.state(), null)
    assert.deepEqual(await answerWith(env, mailCommand, database, ...words, '--yes'), ['suppressed'])
    assert.deepEqual(await answerWith(env, mailCommand, database, ...words, '--yes'), ['counted'])
    assert.equal(await amina.state(), 'gone')
    await assert.rejects(
      answerWith(env, mailCommand, database, 'bounce', '--fiel', file),
      /unexpected "--fiel"/,
    )
  })

  test('goes on once its person has shown that it arrives; a report of before says nothing new', async () => {
    const amina = await someone()
    await amina.post()
    const before = returnPath()
    await hook(report(before))
    assert.equal((await amina.client.post('/api/v1/me/mail-delivery/links')).status, 204)
    const parts: Mailbox = await openMailbox(app)
    for (
      let waited = 0;
      waited < 200 && !smtp.received.at(-1)?.parts['text/plain']?.includes('token=');
      waited++
    )
      await new Promise((resolve) => setTimeout(resolve, 50))
    await parts.stop()
    const token = /token=([\w-]+)/.exec(smtp.received.at(-1)!.parts['text/plain']!)![1]
    const confirm = () => clientOf(app).post('/api/v1/notifications/mail-confirmations', { token })
    assert.equal((await confirm()).status, 204)
    assert.equal((await confirm()).body.code, 'notifications.link_expired')
    assert.equal(await amina.state(), null)
    assert.equal(await hook(report(before, '5.1.1', '\r\nX-Late: yes')), 204)
    assert.equal(await amina.state(), null)
    await database.owner.query(
      `UPDATE mail_suppressions SET lifted_at = now() - interval '2 days' WHERE user_id = $1`,
      [amina.id],
    )
    await hook(report(before, '5.1.1', '\r\nX-Late: again'))
    assert.equal(await amina.state(), 'gone')
  })
})
