import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { after, before, beforeEach, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser, unique } from '../../testing/factories.ts'
import { startSmtp, type TestSmtp } from '../../testing/smtp.ts'
import { startWorker, type Task, type Worker } from '../jobs/index.ts'
import type { Language } from '../languages.ts'
import { type MailTemplate, messageTasks, queueMessage } from './index.ts'

type Params = { readonly topic: string }

describe('a message on its way', () => {
  let database: TestDatabase
  let smtp: TestSmtp
  let app: TestApp
  let worker: Worker
  let hashes: string[]

  const template: MailTemplate<Params, { token: string }> = {
    name: 'test_letter',
    channel: 'email',
    causedBy: 'account',
    async prepare(_tx, { params }) {
      if (params.topic === 'not needed') return null
      const token = randomBytes(16).toString('base64url')
      hashes.push(createHash('sha256').update(token).digest('hex'))
      return { token }
    },
    texts: {
      en: ({ topic, token }, on) => ({
        subject: `About ${topic}`,
        paragraphs: [`${on.brand} writes to you about ${topic}.`],
        action: { label: 'Read on', url: on.url('/letter', { token }) },
      }),
      sw: () => ({ subject: 'Neno kuhusu “ng’ombe”', paragraphs: ['Karibu.'] }),
      fr: () => ({ subject: 'À propos de l’œuvre', paragraphs: ['Bienvenue à vous, Zoë.'] }),
    },
  }
  const late: MailTemplate<Params> = {
    name: 'late',
    channel: 'email',
    causedBy: 'account',
    usefulForSeconds: 60,
    texts: {
      en: () => ({ subject: 'Late', paragraphs: [] }),
      sw: () => ({ subject: 'Late', paragraphs: [] }),
      fr: () => ({ subject: 'Late', paragraphs: [] }),
    },
  }
  let tasks: readonly Task<never>[]

  before(async () => {
    database = await createTestDatabase()
    smtp = await startSmtp()
    app = await startApp(database, {
      env: {
        SMTP_URL: smtp.url,
        MAIL_FROM: 'The House <house@example.org>',
        PUBLIC_URL: 'https://house.example',
      },
    })
    tasks = messageTasks({ brand: 'The House', templates: [template, late] })
    const { services } = app
    worker = await startWorker({
      url: database.workerUrl,
      tasks,
      services,
      log: services.log,
      metrics: services.metrics.jobs,
    })
  })
  beforeEach(() => {
    hashes = []
    smtp.received.length = 0
    smtp.refuseWith(null)
  })
  after(async () => {
    await worker.stop()
    await app.close()
    await smtp.stop()
    await database.close()
  })

  const address = () => `${unique('reader')}@example.com`
  const queue = (topic: string, to = address(), language: Language = 'en') =>
    app.services.db.transaction(null, (tx) =>
      queueMessage(tx, app.services, { template, userId: null, recipient: to, params: { topic }, language }),
    )
  const rowOf = async (id: string | null) => {
    const { rows } = await database.owner.query('SELECT * FROM outgoing_messages WHERE message_id = $1', [id])
    return rows[0] && { ...rows[0], attempts: Number(rows[0].attempts) }
  }
  const becomes = async (id: string | null, status: string, patienceMs = 10_000) => {
    const deadline = Date.now() + patienceMs
    for (;;) {
      const row = await rowOf(id)
      if (row?.status === status) return row
      assert.ok(Date.now() < deadline, `${row?.status} (${row?.last_error}) did not become ${status}`)
      await sleep(20)
    }
  }
  const queueIsEmpty = async () => {
    const { rows } = await database.owner.query('SELECT FROM graphile_worker._private_jobs')
    return rows.length === 0
  }

  test('arrives once, as text and as HTML, with the secret that only its hash is kept of', async () => {
    const to = address()
    const id = await queue('prices & <profits>', to)
    const row = await becomes(id, 'sent')
    assert.equal(smtp.received.length, 1)
    const [mail] = smtp.received
    assert.deepEqual([mail?.from, mail?.to], ['house@example.org', [to]])
    assert.equal(mail?.headers.from, 'The House <house@example.org>')
    assert.equal(mail?.headers.to, to)
    assert.equal(mail?.headers.subject, 'About prices & <profits>')
    assert.equal(mail?.headers['message-id'], `<${id}@example.org>`)
    assert.equal(mail?.headers['auto-submitted'], 'auto-generated')
    const [text = '', html = ''] = [mail?.parts['text/plain'], mail?.parts['text/html']]
    assert.match(text, /The House writes to you about prices & <profits>\./)
    assert.match(html, /about prices &amp; &lt;profits&gt;\./)
    assert.ok(!/<img|url\(|src=/i.test(html), 'nothing is fetched from elsewhere')
    const token = /https:\/\/house\.example\/letter\?token=([\w-]+)/.exec(text)?.[1] ?? ''
    assert.ok(html.includes(`href="https://house.example/letter?token=${token}"`))
    assert.deepEqual(hashes, [createHash('sha256').update(token).digest('hex')])
    assert.ok(!JSON.stringify(row).includes(token))
    assert.equal(row.recipient_cipher, null)
  })

  test('a repeat of its job sends nothing more', async () => {
    const id = await queue('repeats')
    await becomes(id, 'sent')
    await database.owner.query(`SELECT enqueue('platform.send_message.v1', $1)`, [
      JSON.stringify({ message_id: id }),
    ])
    while (!(await queueIsEmpty())) await sleep(20)
    assert.equal(smtp.received.length, 1)
  })

  test('speaks the language that it was queued in, with letters beyond ASCII in the subject', async () => {
    await becomes(await queue('x', address(), 'fr'), 'sent')
    await becomes(await queue('x', address(), 'sw'), 'sent')
    const [french, swahili] = smtp.received
    assert.equal(french?.headers.subject, 'À propos de l’œuvre')
    assert.match(french?.parts['text/plain'] ?? '', /^Bonjour,\s+Bienvenue à vous, Zoë\./)
    assert.match(french?.parts['text/html'] ?? '', /<html lang="fr">/)
    assert.equal(swahili?.headers.subject, 'Neno kuhusu “ng’ombe”')
    assert.match(swahili?.parts['text/plain'] ?? '', /^Habari,/)
  })

  test('waits while the mail server is down, and arrives once when it is back', async () => {
    await smtp.stop()
    const id = await queue('outages')
    while ((await rowOf(id)).attempts === 0) await sleep(20)
    const waiting = await rowOf(id)
    assert.equal(waiting.status, 'queued')
    assert.match(waiting.last_error, /^E[A-Z]+$/)
    await smtp.start()
    const row = await becomes(id, 'sent')
    assert.ok(row.attempts > 1)
    await sleep(100)
    assert.equal(smtp.received.length, 1)
    assert.ok(hashes.length > 1, 'each try made a token of its own')
  })

  test('is tried again when it is refused for now, and given up when it is refused for good', async () => {
    smtp.refuseWith('451 try again later')
    const id = await queue('greylists')
    while ((await rowOf(id)).attempts === 0) await sleep(20)
    assert.equal((await rowOf(id)).last_error, 'smtp_451')
    smtp.refuseWith(null)
    await becomes(id, 'sent')
    smtp.refuseWith('550 reader@example.com is not known here')
    const row = await becomes(await queue('refusals'), 'failed')
    assert.deepEqual([row.last_error, row.attempts, row.recipient_cipher], ['smtp_550', 1, null])
    while (!(await queueIsEmpty())) await sleep(20)
  })

  test('an address that no envelope can hold fails, and is never taken for two', async () => {
    const row = await becomes(await queue('commas', '<a>@example.com'), 'failed')
    assert.equal(row.attempts, 1)
    await becomes(await queue('commas', 'a,b@example.com'), 'sent')
    assert.deepEqual(smtp.received[0]?.to, ['"a,b"@example.com'])
  })

  test('is not sent when its template finds it no longer needed, or it is too old to be of use', async () => {
    assert.equal((await becomes(await queue('not needed'), 'suppressed')).last_error, 'not_needed')
    await smtp.stop()
    const message = { template: late, userId: null, recipient: address(), params: { topic: 'late' } }
    const id = await app.services.db.transaction(null, (tx) => queueMessage(tx, app.services, message))
    while ((await rowOf(id)).attempts === 0) await sleep(20)
    await database.owner.query(
      `UPDATE outgoing_messages SET created_at = now() - interval '61 seconds' WHERE message_id = $1`,
      [id],
    )
    await smtp.start()
    await becomes(id, 'suppressed')
    assert.equal(smtp.received.length, 0)
  })

  test('is gone with the person it was for', async () => {
    await smtp.stop()
    const user = await makeUser(database.owner)
    const id = await app.services.db.transaction(null, (tx) =>
      queueMessage(tx, app.services, {
        template,
        userId: user.id,
        recipient: user.email,
        params: { topic: 'x' },
      }),
    )
    while ((await rowOf(id)).attempts === 0) await sleep(20)
    await database.owner.query('DELETE FROM users WHERE user_id = $1', [user.id])
    await smtp.start()
    while (!(await queueIsEmpty())) await sleep(20)
    assert.equal(smtp.received.length, 0)
  })

  test('says nothing of the address to the log or the queue', async () => {
    smtp.refuseWith('451 reader@example.com: later')
    const id = await queue('words')
    while ((await rowOf(id)).attempts === 0) await sleep(20)
    const { rows } = await database.owner.query('SELECT last_error FROM graphile_worker._private_jobs')
    assert.ok(rows.length > 0)
    for (const { last_error } of rows) assert.ok(!String(last_error).includes('@'), last_error)
    smtp.refuseWith(null)
    await becomes(id, 'sent')
  })
})
