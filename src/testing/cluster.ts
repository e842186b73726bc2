import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { TestServer } from './servers.ts'

export type TestCluster = { readonly server: TestServer; stop(): Promise<void> }

const nobody = 65534
const isRoot = process.getuid?.() === 0

/**
 * Starts a throw-away PostgreSQL (no fsync, a folder of its own) from the binaries in `bindir`. It lives as long
 * as this process: a shell that reads our end of a pipe stops it and removes its folder when the pipe closes,
 * so even SIGKILL leaves nothing behind.
 */
export async function startTestCluster(name: string, bindir: string): Promise<TestCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'bcn-test-'))
  giveToServer(bindir, folder)
  const password = randomBytes(16).toString('hex')
  const version = initialise(bindir, folder, password)
  const port = await freePort()
  const child = startWatched(bindir, folder, port, version)
  const server = describe({ name, version, port, password })
  await untilReady(server.superUrl!, child, folder)
  await createOwner(server)
  return { server, stop: () => stopWatched(child) }
}

function initialise(bindir: string, folder: string, password: string): number {
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  giveToServer(bindir, passwordFile)
  const version = Number(/\d+/.exec(run(bindir, folder, 'postgres', '--version'))?.[0])
  const locale = version >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : []
  const access = ['-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`]
  run(bindir, folder, 'initdb', '-D', 'data', '-E', 'UTF8', '--locale=C.UTF-8', ...locale, ...access, '-N')
  return version
}

function run(bindir: string, folder: string, program: string, ...args: string[]): string {
  const [command, ...rest] = unprivileged(bindir, [join(bindir, program), ...args])
  return execFileSync(command!, rest, {
    ...spawnIdentity(bindir),
    cwd: folder,
    encoding: 'utf8',
    stdio: 'pipe',
  })
}

function startWatched(bindir: string, folder: string, port: number, version: number): ChildProcess {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: 200,
    shared_buffers: '128MB',
    max_wal_size: '4GB',
    autovacuum: 'off',
    timezone: 'UTC',
    log_min_messages: 'fatal',
    ...(version >= 16 && { scram_iterations: 1 }),
  }
  const flags = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])
  const watch = '"$@" >log 2>&1 & server=$!; cat >/dev/null; kill -QUIT $server; wait $server; rm -rf "$PWD"'
  const postgres = [join(bindir, 'postgres'), '-D', 'data', ...flags]
  const [command, ...args] = unprivileged(bindir, ['/bin/sh', '-c', watch, 'sh', ...postgres])
  const child = spawn(command!, args, {
    ...spawnIdentity(bindir),
    cwd: folder,
    detached: true, // Ctrl-C must reach us only: we stop the server after the tests that use it.
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  child.unref()
  return child
}

/** PostgreSQL refuses root. Where `nobody` cannot reach the binaries, a user namespace gives us another name. */
function unprivileged(bindir: string, command: string[]): string[] {
  if (!isRoot || reachable(bindir)) return command
  return ['unshare', '--user', `--map-user=${nobody}`, `--map-group=${nobody}`, ...command]
}

function spawnIdentity(bindir: string) {
  const env = { PATH: process.env.PATH, HOME: tmpdir(), LC_ALL: 'C.UTF-8' }
  return isRoot && reachable(bindir) ? { uid: nobody, gid: nobody, env } : { env }
}

function giveToServer(bindir: string, path: string): void {
  if (isRoot && reachable(bindir)) chownSync(path, nobody, nobody)
}

function reachable(bindir: string): boolean {
  try {
    execFileSync('/usr/bin/test', ['-x', join(bindir, 'postgres')], { uid: nobody, gid: nobody, cwd: '/' })
    return true
  } catch {
    return false
  }
}

function describe(cluster: { name: string; version: number; port: number; password: string }): TestServer {
  const { name, version, port, password } = cluster
  const url = (user: string) => `postgres://${user}:${password}@127.0.0.1:${port}/postgres`
  return {
    name,
    version,
    prefix: 'bcn_test',
    ownerUrl: url('bcn_owner'),
    appUrl: url('app_user'),
    workerUrl: url('app_worker'),
    superUrl: url('postgres'),
  }
}

async function untilReady(url: string, child: ChildProcess, folder: string): Promise<void> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const client = new pg.Client(url)
    const failure = await client.connect().then(
      () => client.end(),
      (error: Error) => error,
    )
    if (!failure) return
    if (child.exitCode !== null || Date.now() > deadline) {
      throw new Error(
        `The test cluster did not start: ${failure.message}\n${readFileSync(join(folder, 'log'), 'utf8')}`,
      )
    }
    await sleep(20)
  }
}

/** The owner is no superuser: migrations must work for the one that production has. */
async function createOwner(server: TestServer): Promise<void> {
  const client = new pg.Client(server.superUrl!)
  await client.connect()
  const { password } = new URL(server.ownerUrl)
  await client.query(`CREATE ROLE bcn_owner LOGIN CREATEDB CREATEROLE PASSWORD '${password}'`)
  await client.end()
}

async function stopWatched(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.ref()
  child.stdin?.end()
  await ended
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
