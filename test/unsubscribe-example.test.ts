import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import path from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { startDemoSite } from '../src/testing/pages/demo-site.ts'

const root = path.join(import.meta.dirname, '..')
const script = path.join(root, 'docs/examples/unsubscribe.sh')

test('the example by curl: one click stops the mails of a kind, a scanner’s look does not, and the list goes on', async (t) => {
  const site = await startDemoSite()
  t.after(() => site.stop())
  const { stdout } = await promisify(execFile)('bash', [script, site.origin], {
    cwd: root,
    timeout: 100_000,
  }).catch((error: { stdout: string; stderr: string }) => assert.fail(`${error.stdout}\n${error.stderr}`))
  assert.match(stdout, /One click was enough, and none was lost/)
})
