import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestApp } from './app.ts'
import type { Client } from './client.ts'
import { openMailbox, type TestMail } from './mailbox.ts'

/** Lets the worker build an export, and answers the mails that tell of it. */
export async function untilReady(
  app: TestApp,
  client: Client,
  exportId: string,
  address: string,
): Promise<TestMail[]> {
  const mailbox = await openMailbox(app)
  try {
    const mails = await mailbox.to(address)
    for (let waited = 0; waited < 10_000; waited += 50) {
      const { body } = await client.get(`/api/v1/me/exports/${exportId}`)
      if (body.status === 'ready') return mails
      await sleep(50)
    }
    return assert.fail('the export was not built')
  } finally {
    await mailbox.stop()
  }
}
