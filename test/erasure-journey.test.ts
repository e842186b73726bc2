import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { freePort, runningEmbedded } from '../src/platform/db/embedded.ts'
import { endWithUs } from '../src/testing/children.ts'
import { redisServerFound, startRedis } from '../src/testing/redis.ts'

const root = path.join(import.meta.dirname, '..')
const main = path.join(root, 'src/main.ts')
const script = path.join(root, 'docs/examples/erasure-journey.sh')

test('somebody of the demo world exports and is erased; the scan finds everything before and nothing after', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bcn-erasure-'))
  chmodSync(folder, 0o755)
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const redis = redisServerFound ? await startRedis() : undefined
  t.after(() => redis?.stop())
  const port = await freePort()
  const log = path.join(folder, 'server.log')
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    DATA_DIR: path.join(folder, 'data'),
    PORT: String(port),
    LOG_LEVEL: 'debug',
    ...(redis && { REDIS_URL: redis.url }),
  }
  const server = spawn(process.execPath, [main, 'start'], {
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
  const url = `http://127.0.0.1:${port}`
  await untilWelcomed(server.stdout)
  // What it says to a developer, the demo's addresses among it, is said: from here on it is the log.
  server.stdout.pipe(createWriteStream(log))
  const ops = `${process.execPath} ${main} ops`
  const { stdout } = await promisify(execFile)('bash', [script, url], {
    env: { ...env, OPS: ops, LOGS: log },
    cwd: root,
    timeout: 120_000,
  }).catch((error: { stdout: string; stderr: string }) => assert.fail(`${error.stdout}\n${error.stderr}`))
  assert.match(stdout, /found: nothing/)
  assert.match(stdout, /The journey is over/)
  await restoreFromBefore(env.DATA_DIR)
  const again = await promisify(execFile)(process.execPath, [main, 'ops', 'privacy', 'replay', '--yes'], {
    env,
    cwd: root,
  })
  assert.match(again.stdout, /1 erased again/)
  const never = await promisify(execFile)(process.execPath, [main, 'ops', 'privacy', 'replay'], {
    env,
    cwd: root,
  })
  assert.match(never.stdout, /nothing to do: nobody who was erased is back/)
})

/** What a backup from before the erasure would bring back of them. */
async function restoreFromBefore(dataDir: string): Promise<void> {
  const owner = new pg.Client(runningEmbedded(dataDir)!.ownerUrl)
  await owner.connect()
  const { rowCount } = await owner.query(
    `UPDATE users SET erased_at = NULL, deleted_at = NULL, status = 'active', email = 'amina@example.com', full_name = 'Amina Njeri'
     WHERE erased_at IS NOT NULL`,
  )
  await owner.query('DELETE FROM erasures')
  await owner.end()
  assert.equal(rowCount, 1)
}

async function untilWelcomed(stdout: Readable): Promise<void> {
  let said = ''
  const listen = (chunk: Buffer) => {
    said += chunk.toString()
  }
  stdout.on('data', listen)
  for (let waited = 0; waited < 60_000 && !/API reference: .*\n/.test(said); waited += 100) await sleep(100)
  assert.match(said, /API reference/)
  stdout.off('data', listen)
}
