import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { startSmtp, type TestSmtp } from '../../testing/smtp.ts'
import { createSmtpMailer } from './smtp.ts'

describe('mail over SMTP', () => {
  let smtp: TestSmtp
  before(async () => {
    smtp = await startSmtp()
  })
  after(() => smtp.stop())

  const from = { name: 'Mtandao wa “Chapa”', address: 'house@example.org' }
  const mail = () => ({ id: randomUUID(), to: 'amina@example.com', subject: 'x', text: 'x', html: 'x' })
  const through = async (
    url: string,
    work: (mailer: ReturnType<typeof createSmtpMailer>) => Promise<void>,
  ) => {
    const mailer = createSmtpMailer({ url, from })
    await work(mailer).finally(() => mailer.close())
  }

  test('many at once go out, each once', () =>
    through(smtp.url, async (mailer) => {
      const mails = Array.from({ length: 30 }, mail)
      await Promise.all(mails.map((each) => mailer.send(each)))
      const ids = smtp.received.map(({ headers }) => headers['message-id'])
      assert.deepEqual(ids.sort(), mails.map(({ id }) => `<${id}@example.org>`).sort())
      assert.equal(smtp.received[0]?.headers.from, 'Mtandao wa “Chapa” <house@example.org>')
    }))

  test('a subject cannot bring headers of its own', () =>
    through(smtp.url, async (mailer) => {
      smtp.received.length = 0
      await mailer.send({ ...mail(), subject: 'Hello\r\nBcc: everybody@example.com\r\n\r\nBody' })
      assert.equal(smtp.received[0]?.headers.bcc, undefined)
      assert.deepEqual(smtp.received[0]?.to, ['amina@example.com'])
    }))

  test('a password is not sent in the clear to another machine, which costs a try and not the mail', () =>
    // The whole of 127/8 is this machine, but not by a name that says so.
    through(smtp.url.replace('smtp://127.0.0.1', 'smtp://user:secret@127.0.0.2'), (mailer) =>
      assert.rejects(mailer.send(mail()), { name: 'NotAccepted', isFinal: false }),
    ))
})
