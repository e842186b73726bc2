import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { freePort } from '../src/platform/db/embedded.ts'
import { endWithUs } from '../src/testing/children.ts'

const root = path.join(import.meta.dirname, '..')
const script = path.join(root, 'docs/examples/stream.sh')

test('the example by curl: what was missed while the connection was lost arrives in order and once', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bcn-stream-'))
  chmodSync(folder, 0o755)
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const port = await freePort()
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    DATA_DIR: path.join(folder, 'data'),
    PORT: String(port),
  }
  const server = spawn(process.execPath, [path.join(root, 'src/main.ts'), 'start'], {
    env,
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  endWithUs(server)
  server.stderr.resume()
  t.after(async () => {
    server.kill('SIGTERM')
    if (server.exitCode === null) await once(server, 'exit')
  })
  await untilWelcomed(server.stdout)
  server.stdout.resume()
  const { stdout } = await promisify(execFile)('bash', [script, `http://127.0.0.1:${port}`], {
    env,
    cwd: root,
    timeout: 120_000,
  }).catch((error: { stdout: string; stderr: string }) => assert.fail(`${error.stdout}\n${error.stderr}`))
  assert.match(stdout, /Nothing was lost, nothing came twice/)
})

async function untilWelcomed(output: Readable): Promise<void> {
  let said = ''
  for await (const chunk of output.iterator({ destroyOnReturn: false })) {
    said += String(chunk)
    if (said.includes('is ready: ')) return
  }
  assert.fail(`it did not start:\n${said}`)
}
