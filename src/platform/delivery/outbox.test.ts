import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { clientOf, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { parseMail } from '../../testing/mime.ts'
import type { OutboxMessage } from './outbox.ts'

describe('the outbox', () => {
  let database: TestDatabase
  let app: TestApp
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const mail = {
    to: 'amina@example.com',
    subject: 'Habari “yako”',
    text: 'Karibu.\n',
    html: '<p>Karibu.</p>',
  }
  const list = async (of = app) =>
    (await clientOf(of).get<{ items: OutboxMessage[] }>('/dev/outbox')).body.items

  test('holds what nobody was configured to deliver, newest first, each by its id', async () => {
    assert.deepEqual(await list(), [])
    const [first, second] = ['018f0000-0000-7000-8000-000000000001', '018f0000-0000-7000-8000-000000000002']
    await app.services.mail.send({ id: first, ...mail })
    await app.services.sms.send({ id: second, to: '+254711111111', text: 'Habari' })
    const messages = await list()
    assert.deepEqual(
      messages.map(({ id, channel, to, subject, text, html }) => ({ id, channel, to, subject, text, html })),
      [
        { id: second, channel: 'sms', to: '+254711111111', subject: null, text: 'Habari', html: null },
        { id: first, channel: 'email', ...mail },
      ],
    )
    const one = await clientOf(app).get<OutboxMessage>(`/dev/outbox/${first}`)
    assert.deepEqual(one.body, messages[1])
    assert.equal(one.headers['cache-control'], 'no-store')
  })

  test('keeps a mail byte by byte too, for a mail program, readable by its owner alone', async () => {
    const id = randomUUID()
    await app.services.mail.send({ id, ...mail })
    const file = path.join(app.services.config.dataDir, 'outbox', `${id}.eml`)
    const { headers, parts } = parseMail(readFileSync(file, 'latin1'))
    assert.deepEqual([headers.subject, headers.to], [mail.subject, mail.to])
    assert.equal(parts['text/html']?.trim(), mail.html)
    assert.equal(statSync(file).mode & 0o077, 0)
    assert.equal(statSync(path.dirname(file)).mode & 0o077, 0)
  })

  test('has a repeat once', async () => {
    const id = randomUUID()
    await app.services.mail.send({ id, ...mail })
    await app.services.mail.send({ id, ...mail })
    assert.equal((await list()).filter((message) => message.id === id).length, 1)
  })

  test('answers 404 for what is not there, and 400 for what is no id', async () => {
    assert.equal((await clientOf(app).get(`/dev/outbox/${randomUUID()}`)).status, 404)
    assert.equal((await clientOf(app).get('/dev/outbox/..%2Fsecret-key')).status, 400)
  })

  test('is not there in production', async () => {
    const env = { NODE_ENV: 'production', SECRET_KEY: 'x'.repeat(32) }
    const production = await startApp(database, { env })
    try {
      const id = randomUUID()
      await production.services.mail.send({ id, ...mail })
      for (const url of ['/dev/outbox', `/dev/outbox/${id}`])
        assert.equal((await clientOf(production).get(url)).status, 404)
    } finally {
      await production.close()
    }
  })
})
