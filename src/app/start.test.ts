import assert from 'node:assert/strict'
import {
  type ChildProcess,
  type ChildProcessByStdio,
  type SpawnOptionsWithStdioTuple,
  spawn,
} from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import { freePort, runningEmbedded } from '../platform/db/embedded.ts'
import { isAlive, readPostmaster } from '../platform/db/embedded-postmaster.ts'

const MAIN = path.join(import.meta.dirname, '../main.ts')
const root = mkdtempSync(path.join(tmpdir(), 'bcn-start-'))
const dataDir = path.join(root, 'data')
const url = { base: '' }
let port: number
let app: Running

before(async () => {
  chmodSync(root, 0o755)
  port = await freePort()
  url.base = `http://127.0.0.1:${port}`
  app = await startApp()
})

after(async () => {
  if (app.child.exitCode === null) await stopped(app, 'SIGTERM')
  rmSync(root, { recursive: true, force: true })
})

test('start serves from nothing: database, migrations, probes, worker', async () => {
  assert.match(app.output(), new RegExp(`is ready: http://localhost:${port}`))
  const ready = await fetch(`${url.base}/health/ready`)
  assert.deepEqual(
    [ready.status, await ready.json()],
    [200, { status: 'ready', checks: { database: 'ok', migrations: 'ok', cache: 'ok' } }],
  )
  assert.equal(statSync(path.join(dataDir, 'secret-key')).mode & 0o777, 0o600)
})

test('what cannot work ends in one line, exit code 1 and nothing half done', async () => {
  const fresh = path.join(root, 'fresh')
  const file = path.join(root, 'a-file')
  writeFileSync(file, '')
  const other = { PORT: String(await freePort()) }
  const { superUrl, ownerUrl, appUrl } = runningEmbedded(dataDir)!
  const given = (app: string, owner: string) => ({ ...other, DATABASE_URL: app, DATABASE_OWNER_URL: owner })
  const nowhere = `postgres://a:secret@127.0.0.1:${await freePort()}/none`
  const refusals: [string[], NodeJS.ProcessEnv, RegExp][] = [
    [[], {}, /^no command given: expected start, server, worker, ops$/],
    [['fly'], {}, /^unknown command "fly": expected start, server, worker, ops$/],
    [['start'], { PORT: 'abc' }, /^PORT is "abc": expected a whole number from 1 to 65535$/],
    [['start'], { PORT: String(port) }, /^PORT is "\d+": another process listens on it/],
    [['start'], { ...other, DATA_DIR: `${file}/x` }, /^DATA_DIR is ".*": expected a folder .* \(ENOTDIR\)$/],
    [['start'], { ...other, DATA_DIR: dataDir }, /^the data folder .* is in use by process \d+$/],
    [['start'], given(nowhere, nowhere.replace('a:', 'b:')), /^DATABASE_OWNER_URL: .* \(.*ECONNREFUSED.*\)$/],
    [
      ['start'],
      given(superUrl, ownerUrl),
      /^DATABASE_URL names the role "postgres", which passes row security/,
    ],
    [['start'], given(ownerUrl, ownerUrl), /^DATABASE_URL names the role of DATABASE_OWNER_URL/],
    [['start'], { ...other, DATABASE_URL: appUrl }, /^DATABASE_OWNER_URL is not set, but DATABASE_URL is/],
    [
      ['start'],
      given(appUrl.replace('app_user', 'someone'), ownerUrl),
      /^DATABASE_URL names the role "someone", which does not exist: expected app_user$/,
    ],
    [
      ['start'],
      { ...given(appUrl, ownerUrl), DATABASE_WORKER_URL: superUrl },
      /^DATABASE_WORKER_URL names the role "postgres", which passes row security/,
    ],
    [
      ['start'],
      given(appUrl.replace(/[^/]+$/, 'postgres'), ownerUrl),
      /^DATABASE_URL leads to another database than DATABASE_OWNER_URL/,
    ],
    [
      ['start'],
      { ...given(appUrl, ownerUrl), DATABASE_WORKER_URL: nowhere.replace('a:', 'app_worker:') },
      /^DATABASE_WORKER_URL: .* \(.*ECONNREFUSED.*\)$/,
    ],
    [
      ['start'],
      { ...other, DATABASE_WORKER_URL: nowhere },
      /^DATABASE_URL is not set, but DATABASE_WORKER_URL is/,
    ],
    [['server'], other, /^DATABASE_URL is not set/],
    [['ops', 'fly'], {}, /^unknown operation "fly": expected /],
    [['ops', 'migrate', '--ys'], {}, /^unexpected "--ys": expected npm run ops -- migrate \[--yes\]$/],
  ]
  // Node's recursive mkdir would go round for ever here.
  const refusing: NodeJS.ProcessEnv = { ...other, DATA_DIR: '/proc/no-folder' }
  if (process.platform === 'linux') refusals.push([['start'], refusing, /^DATA_DIR is .* \(ENOENT\)$/])
  for (const [words, env, message] of refusals) {
    const { code, stderr } = await runToEnd(words, { DATA_DIR: fresh, ...env })
    assert.equal(code, 1, `${words.join(' ')}: ${stderr}`)
    assert.match(stderr.trimEnd(), message)
    assert.doesNotMatch(stderr, /secret/)
  }
  assert.deepEqual(readdirSync(fresh), [])
})

test('a command beside the running application uses its database', async () => {
  const { code, stdout } = await runToEnd(['ops', 'migrate'], { DATA_DIR: dataDir })
  assert.deepEqual([code, stdout], [0, 'nothing to do\n'])
})

test('after kill -9 of the application and of its database, start comes back with the same key', async () => {
  const key = readFileSync(path.join(dataDir, 'secret-key'), 'utf8')
  const postmaster = readPostmaster(path.join(dataDir, 'postgres'))!.pid
  await stopped(app, 'SIGKILL')
  process.kill(postmaster, 'SIGKILL')
  app = await startApp()
  assert.equal((await fetch(`${url.base}/health/ready`)).status, 200)
  assert.equal(readFileSync(path.join(dataDir, 'secret-key'), 'utf8'), key)
})

test('a signal finishes the request in flight, then ends everything that was started', async () => {
  const postmaster = readPostmaster(path.join(dataDir, 'postgres'))!.pid
  const socket = net.connect(port, '127.0.0.1')
  socket.write(
    'POST /health/nothing HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{',
  )
  const end = once(app.child, 'exit')
  await new Promise((resolve) => setTimeout(resolve, 200))
  app.child.kill('SIGINT')
  await app.says('stopping')
  socket.write('}')
  const [reply] = await once(socket, 'data')
  assert.match(String(reply), /^HTTP\/1\.1 404 /)
  assert.deepEqual(await end, [0, null])
  assert.ok(!isAlive(postmaster))
  await assert.rejects(fetch(`${url.base}/health/live`))
})

test('a closed terminal, and npm that was ended alone, leave nothing running', async () => {
  const hangUp = await startApp()
  const postmaster = readPostmaster(path.join(dataDir, 'postgres'))!.pid
  const end = once(hangUp.child, 'exit')
  hangUp.child.kill('SIGHUP')
  assert.deepEqual(await end, [0, null])
  assert.ok(!isAlive(postmaster))

  // As npm runs it: in a shell that keeps a signal to itself.
  const command = `"${process.execPath}" "${MAIN}" start; :`
  const env = { PORT: String(port), DATA_DIR: dataDir, npm_lifecycle_event: 'start' }
  const shell = running(spawn('sh', ['-c', command], surroundings(env)))
  await shell.says('is ready: ')
  // Closed only when the last process that writes to the pipes has ended.
  const closed = once(shell.child, 'close')
  shell.child.kill('SIGTERM')
  await closed
  assert.match(shell.output(), /info {2}stopped$/m)
  assert.equal(runningEmbedded(dataDir), null)
  await assert.rejects(fetch(`${url.base}/health/live`))
})

type Running = {
  readonly child: ChildProcess
  output(): string
  says(text: string): Promise<void>
}

async function startApp(): Promise<Running> {
  const app = launch(['start'], { PORT: String(port), DATA_DIR: dataDir })
  await app.says('is ready: ')
  return app
}

/** The environment is ours alone: a DATABASE_URL of whoever runs the tests must not reach it. */
function surroundings(env: NodeJS.ProcessEnv): SpawnOptionsWithStdioTuple<'ignore', 'pipe', 'pipe'> {
  return { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] }
}

function launch(words: readonly string[], env: NodeJS.ProcessEnv): Running {
  return running(spawn(process.execPath, [MAIN, ...words], surroundings(env)))
}

function running(child: ChildProcessByStdio<null, Readable, Readable>): Running {
  const chunks: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(String(chunk)))
  const output = () => chunks.join('')
  return { child, output, says: (text) => untilSaid(child, output, text) }
}

function untilSaid(child: ChildProcess, output: () => string, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => output().includes(text) && resolve()
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', look)
    child.once('exit', (code) =>
      reject(new Error(`ended with ${code} before it said "${text}":\n${output()}`)),
    )
    look()
  })
}

async function runToEnd(words: readonly string[], env: NodeJS.ProcessEnv) {
  const { child } = launch(words, env)
  const said = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk) => (said.stdout += chunk))
  child.stderr?.on('data', (chunk) => (said.stderr += chunk))
  const [code] = await once(child, 'close')
  return { code, ...said }
}

async function stopped(running: Running, signal: NodeJS.Signals): Promise<void> {
  const end = once(running.child, 'exit')
  running.child.kill(signal)
  await end
}
