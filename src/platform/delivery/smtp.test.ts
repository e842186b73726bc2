import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { startOddSmtp } from '../../testing/odd-smtp.ts'
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

  test('neither subject, address, name nor header brings a header of its own, by whatever ends a line', () =>
    through(smtp.url, async (mailer) => {
      smtp.received.length = 0
      for (const end of ['\r\n', '\r', '\n', '\u0085', '\u2028', '\u2029', '\0', '\v', '\f']) {
        const more = `x${end}Bcc: everybody@example.com${end}${end}Body`
        const forged = [
          { ...mail(), subject: more },
          { ...mail(), to: `amina@example.com${end}Bcc: everybody@example.com` },
          { ...mail(), id: more },
          { ...mail(), headers: { 'List-Unsubscribe': more } },
          { ...mail(), headers: { [`X${end}Bcc`]: 'everybody@example.com' } },
          { ...mail(), headers: { 'X: y': 'x' } },
          { ...mail(), returnPath: `bounces@example.org${end}` },
        ]
        for (const one of forged)
          await assert.rejects(
            mailer.send(one),
            { code: 'forged_header', isFinal: true },
            JSON.stringify(one),
          )
        const named = createSmtpMailer({ url: smtp.url, from: { ...from, name: more } })
        await assert.rejects(named.send(mail()), { code: 'forged_header' }).finally(() => named.close())
      }
      assert.deepEqual(smtp.received, [])
    }))

  test('headers of one mail and its return path go over the wire as they are', () =>
    through(smtp.url, async (mailer) => {
      smtp.received.length = 0
      const url = `https://example.org/api/v1/notifications/unsubscribe?token=${'a'.repeat(150)}`
      const headers = {
        'List-Unsubscribe': `<${url}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      }
      await mailer.send({ ...mail(), headers, returnPath: 'bounces+abc@example.org' })
      const [received] = smtp.received
      assert.equal(received?.headers['list-unsubscribe'], `<${url}>`)
      assert.equal(received?.headers['list-unsubscribe-post'], 'List-Unsubscribe=One-Click')
      assert.deepEqual([received?.from, received?.to], ['bounces+abc@example.org', ['amina@example.com']])
      assert.match(received?.headers.from ?? '', /<house@example\.org>$/)
    }))

  test('a refused recipient is gone, unless the server says that it is about something else', () =>
    through(smtp.url, async (mailer) => {
      for (const [reply, isFinal, isGone] of [
        ['550 no such user here', true, true],
        ['550 5.1.1 no such user here', true, true],
        ['551 5.1.6 moved', true, true],
        ['552 5.2.2 mailbox full', true, false],
        ['550 relaying denied', true, false],
        ['554 your address is blacklisted', true, false],
        ['550 5.7.1 we do not like you', true, false],
        ['450 4.2.1 come again', false, false],
      ] as const) {
        smtp.refuseWith(reply)
        await assert.rejects(mailer.send(mail()), { isFinal, isGone }, reply)
      }
      smtp.refuseWith(null)
    }))

  test('a password is not sent in the clear to another machine, which costs a try and not the mail', () =>
    // The whole of 127/8 is this machine, but not by a name that says so.
    through(smtp.url.replace('smtp://127.0.0.1', 'smtp://user:secret@127.0.0.2'), (mailer) =>
      assert.rejects(mailer.send(mail()), { name: 'NotAccepted', isFinal: false }),
    ))

  const oddly = async (how: Parameters<typeof startOddSmtp>[0], mails = 1) => {
    const odd = await startOddSmtp(how)
    const mailer = createSmtpMailer({ url: odd.url, from, patience: { connectMs: 300, silenceMs: 400 } })
    const outcomes: string[] = []
    for (let n = 0; n < mails; n++) {
      outcomes.push(
        await mailer.send(mail()).then(
          () => 'taken',
          ({ name, isFinal, isGone }) => `${name} ${isFinal || isGone ? 'for good' : 'for now'}`,
        ),
      )
    }
    await mailer.close()
    await odd.stop()
    return { outcomes, taken: odd.taken.length }
  }

  test('a server that is silent, or talks without end, costs a try and no more time than it may', async () => {
    const from = performance.now()
    for (const how of ['silent', 'endless'] as const)
      assert.deepEqual(await oddly(how), { outcomes: ['NotAccepted for now'], taken: 0 }, how)
    assert.ok(performance.now() - from < 10_000)
  })

  test('a slow one is waited for', async () => {
    assert.deepEqual(await oddly('slow', 2), { outcomes: ['taken', 'taken'], taken: 2 })
  })

  test('one that took a mail and did not say so is asked again: nobody knows', async () => {
    for (const how of ['silent after the mail', 'gone after the mail'] as const)
      assert.deepEqual(await oddly(how), { outcomes: ['NotAccepted for now'], taken: 1 }, how)
  })

  test('one that says twice that it took a mail has no other mail taken for sent, nor refused for good', async () => {
    const { outcomes, taken } = await oddly('twice', 4)
    assert.ok(!outcomes.includes('NotAccepted for good'), outcomes.join())
    assert.ok(
      outcomes.filter((outcome) => outcome === 'taken').length <= taken,
      'none is said to be taken that was not',
    )
  })
})
