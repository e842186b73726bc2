import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { startApp } from '../src/testing/client.ts'
import { createTestDatabase } from '../src/testing/database.ts'
import { openMailbox } from '../src/testing/mailbox.ts'

const script = join(import.meta.dirname, '../docs/examples/account-journey.sh')

test('the journey of an account by curl, as the documents show it, comes to its end', async (t) => {
  const database = await createTestDatabase()
  const app = await startApp(database)
  const mailbox = await openMailbox(app)
  t.after(async () => {
    await mailbox.stop()
    await app.close()
    await database.close()
  })
  const url = await app.server.listen({ port: 0, host: '127.0.0.1' })
  const { stdout } = await promisify(execFile)('bash', [script, url], { timeout: 90_000 })
  assert.match(stdout, /The journey is over/)
})
