import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { openParts } from '../app/shutdown.ts'
import { openWorker } from '../app/worker.ts'
import type { TestApp } from './app.ts'

export type TestMail = {
  readonly id: string
  readonly to: string
  readonly subject: string
  readonly text: string
}

/** The worker of an app, and what it has sent into the outbox. Stop it before the app. */
export type Mailbox = {
  /** The mails to an address, oldest first, once there are so many. */
  to(address: string, count?: number): Promise<TestMail[]>
  /** A mail to an address whose subject matches, once there is one. */
  about(address: string, subject: RegExp): Promise<TestMail>
  /** The token of the newest link that was mailed to an address, once there are so many. */
  token(address: string, count?: number): Promise<string>
  stop(): Promise<void>
}

const PATIENCE_MS = 15_000

export async function openMailbox({ server, services }: TestApp): Promise<Mailbox> {
  const parts = openParts(services.log)
  await openWorker(services, parts)

  const sent = async (address: string): Promise<TestMail[]> => {
    const { payload } = await server.inject({ method: 'GET', url: '/dev/outbox' })
    const { items }: { items: TestMail[] } = JSON.parse(payload)
    return items.filter(({ to }) => to === address).reverse()
  }

  const until = async (address: string, isThere: (mails: TestMail[]) => boolean): Promise<TestMail[]> => {
    for (let waited = 0; waited < PATIENCE_MS; waited += 50) {
      const mails = await sent(address)
      if (isThere(mails)) return mails
      await sleep(50)
    }
    assert.fail(`a mail to ${address} did not come within ${PATIENCE_MS / 1000} seconds`)
  }
  const to = (address: string, count = 1) => until(address, (mails) => mails.length >= count)

  return {
    to,
    async about(address, subject) {
      const mails = await until(address, (all) => all.some((mail) => subject.test(mail.subject)))
      return mails.find((mail) => subject.test(mail.subject))!
    },
    async token(address, count = 1) {
      const mails = await until(address, (all) => all.flatMap(tokenIn).length >= count)
      return mails.flatMap(tokenIn).at(-1)!
    },
    stop: () => parts.closeAll(),
  }
}

function tokenIn({ text }: TestMail): string[] {
  const token = /[?&]token=([\w-]+)/.exec(text)?.[1]
  return token === undefined ? [] : [token]
}
