import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { pino } from 'pino'
import { DataFolderInUse, type Embedded, runningEmbedded, startCluster, startEmbedded } from './embedded.ts'
import { isAlive, readPostmaster } from './embedded-postmaster.ts'

const log = pino({ level: 'silent' })
const root = mkdtempSync(path.join(tmpdir(), 'bcn-embedded-'))
const dataDir = path.join(root, 'data')
chmodSync(root, 0o755)
const otherDir = path.join(root, 'other')
let embedded: Embedded

before(async () => {
  // As a first start leaves it that was cut short in the middle of initdb.
  mkdirSync(path.join(dataDir, 'postgres.new', 'base'), { recursive: true })
  embedded = await startEmbedded({ dataDir, log })
})

after(async () => {
  await embedded.stop()
  rmSync(root, { recursive: true, force: true })
})

test('the database belongs to a role that is no superuser and speaks UTC and UTF-8', async () => {
  const [row] = await ask(
    embedded.ownerUrl,
    `SELECT current_database() AS database, rolsuper, rolbypassrls, rolcreaterole,
       current_setting('TimeZone') AS zone, current_setting('server_encoding') AS encoding,
       current_setting('fsync') AS fsync, current_setting('data_checksums') AS checksums,
       has_database_privilege('public', current_database(), 'TEMPORARY') AS public_temp,
       EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_stat_statements') AS statistics
     FROM pg_roles WHERE rolname = current_user`,
  )
  assert.deepEqual(row, {
    database: 'brandcoach',
    rolsuper: false,
    rolbypassrls: false,
    rolcreaterole: true,
    zone: 'UTC',
    encoding: 'UTF8',
    fsync: 'on',
    checksums: 'on',
    public_temp: false,
    statistics: true,
  })
})

test('passwords are for their owner alone and a wrong one is refused', async () => {
  assert.equal(statSync(path.join(dataDir, 'postgres.passwords')).mode & 0o777, 0o600)
  const wrong = new URL(embedded.ownerUrl)
  wrong.password = 'guess'
  await assert.rejects(ask(wrong.href, 'SELECT 1'), /password authentication failed/)
})

test('a second start on the same folder is refused and a command beside it can join', async () => {
  await assert.rejects(startEmbedded({ dataDir, log }), DataFolderInUse)
  assert.equal(runningEmbedded(dataDir)?.ownerUrl, embedded.ownerUrl)
})

test('two folders run side by side', async () => {
  const other = await startEmbedded({ dataDir: otherDir, log })
  assert.notEqual(other.ownerUrl, embedded.ownerUrl)
  await other.stop()
  assert.equal(runningEmbedded(otherDir), null)
})

test('a killed postmaster comes back on the same address with every committed row', async () => {
  await ask(embedded.ownerUrl, 'CREATE TABLE kept AS SELECT 42 AS answer')
  process.kill(readPostmaster(path.join(dataDir, 'postgres'))!.pid, 'SIGKILL')
  assert.deepEqual(await patiently(() => ask(embedded.ownerUrl, 'SELECT answer FROM kept')), [{ answer: 42 }])
})

test('after kill -9 of the process, the next start stops the orphan and has every committed row', async () => {
  const { child, ownerUrl } = await startElsewhere(otherDir)
  await ask(ownerUrl, 'CREATE TABLE kept AS SELECT 42 AS answer')
  const orphan = readPostmaster(path.join(otherDir, 'postgres'))!.pid
  child.kill('SIGKILL')
  await once(child, 'exit')
  assert.ok(isAlive(orphan))
  const next = await startEmbedded({ dataDir: otherDir, log })
  assert.ok(!isAlive(orphan))
  assert.equal(next.ownerUrl, ownerUrl)
  assert.deepEqual(await ask(next.ownerUrl, 'SELECT answer FROM kept'), [{ answer: 42 }])
  await next.stop()
})

test('after kill -9 of both, a stale pid file and a stale lock hold nobody up', async () => {
  const { child, ownerUrl } = await startElsewhere(otherDir)
  child.kill('SIGKILL')
  await once(child, 'exit')
  process.kill(readPostmaster(path.join(otherDir, 'postgres'))!.pid, 'SIGKILL')
  const file = path.join(otherDir, 'postgres', 'postmaster.pid')
  const [, ...rest] = readFileSync(file, 'utf8').split('\n')
  // The worst case: the pid was given to another living process, here this one.
  writeFileSync(file, [process.pid, ...rest].join('\n'))
  const next = await startEmbedded({ dataDir: otherDir, log })
  assert.equal(next.ownerUrl, ownerUrl)
  await next.stop()
})

test('a throw-away cluster runs from any binaries, without fsync', async (t) => {
  const binaries = debianBinaries()
  if (binaries === null)
    return t.diagnostic('no pg_config on this machine: only the embedded PostgreSQL was tried')
  const directory = path.join(root, 'debian')
  const cluster = await startCluster({ directory, binaries, durable: false })
  const [row] = await ask(cluster.superUrl, `SELECT current_setting('fsync') AS fsync`)
  assert.deepEqual(row, { fsync: 'off' })
  await cluster.stop()
  assert.ok(!isAlive(cluster.pid))
})

test('a server that cannot start says why in one line', async () => {
  const directory = path.join(otherDir, 'postgres')
  const refused = startCluster({ directory, settings: { shared_buffers: 'many' } })
  await assert.rejects(refused, /^OperatorError: PostgreSQL did not start: [^\n]*configuration file[^\n]*$/)
})

test('nothing but the data stays in the folder after a stop', async () => {
  const names = readdirSync(otherDir).sort()
  assert.deepEqual(names, ['postgres', 'postgres.log', 'postgres.passwords', 'postgres.port'])
})

test('a database whose passwords are gone is left alone, and the start says so', async () => {
  rmSync(path.join(otherDir, 'postgres.passwords'))
  await assert.rejects(startEmbedded({ dataDir: otherDir, log }), /postgres\.passwords is missing/)
})

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + 15_000; ; await sleep(50)) {
    try {
      return await attempt()
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
  }
}

/** The embedded database in a process of its own, which can be killed. */
async function startElsewhere(folder: string): Promise<{ child: ChildProcess; ownerUrl: string }> {
  const program = `
    const { startEmbedded } = await import(${JSON.stringify(new URL('./embedded.ts', import.meta.url).href)})
    const { ownerUrl } = await startEmbedded({ dataDir: ${JSON.stringify(folder)}, log: console })
    process.stdout.write(ownerUrl)
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [ownerUrl] = await once(child.stdout!, 'data')
  return { child, ownerUrl: String(ownerUrl) }
}

function debianBinaries(): string | null {
  try {
    return execFileSync('pg_config', ['--bindir'], { encoding: 'utf8', stdio: 'pipe' }).trim()
  } catch {
    return null
  }
}
