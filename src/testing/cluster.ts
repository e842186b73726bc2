import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCluster } from '../platform/db/embedded.ts'
import { majorVersion } from '../platform/db/embedded-binaries.ts'
import { OWNER, prepareDatabase } from '../platform/db/embedded-roles.ts'
import { withClient } from './connections.ts'
import type { TestServer } from './servers.ts'

export type TestCluster = { readonly server: TestServer; stop(): Promise<void> }

const settings = {
  max_connections: '200',
  max_wal_size: '4GB',
  autovacuum: 'off', // A worker inside the template would make CREATE DATABASE wait.
  log_min_messages: 'fatal',
}

/** Starts a throw-away PostgreSQL from the binaries in `bindir`; it and its folder go with this process. */
export async function startTestCluster(name: string, bindir: string): Promise<TestCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'bcn-test-'))
  chmodSync(folder, 0o711) // PostgreSQL may run under another name than ours.
  const version = majorVersion(bindir)
  const cheapPasswords = version >= 16 ? { scram_iterations: '1' } : {}
  const cluster = await startCluster({
    directory: join(folder, 'data'),
    binaries: bindir,
    durable: false,
    settings: { ...settings, ...cheapPasswords },
  })
  const undertaker = buryLater(cluster.pid, folder)
  const password = randomBytes(16).toString('hex')
  await prepareDatabase(cluster.superUrl, password)
  await withClient(cluster.superUrl, (client) => client.query(`ALTER ROLE ${OWNER} CREATEDB`))
  const url = (role: string) => `postgres://${role}:${password}@127.0.0.1:${cluster.port}/postgres`
  return {
    server: {
      name,
      version,
      prefix: 'bcn_test',
      ownerUrl: url(OWNER),
      appUrl: url('app_user'),
      workerUrl: url('app_worker'),
      superUrl: cluster.superUrl,
    },
    async stop() {
      await cluster.stop()
      await end(undertaker)
    },
  }
}

/**
 * A shell that reads from our end of a pipe: when the pipe closes, we are gone, even by SIGKILL, and it stops the
 * server and removes its folder. In a process group of its own, for Ctrl-C must not reach it before us.
 */
function buryLater(pid: number, folder: string): ChildProcess {
  // Bounded: where nobody reaps orphans the dead server stays as a zombie, and `kill` goes on finding it.
  const wait = 'for i in 1 2 3 4 5 6 7 8 9 10; do kill -QUIT "$0" 2>/dev/null || break; sleep 0.1; done'
  const script = `cat >/dev/null; ${wait}; rm -rf "$1"`
  const shell = spawn('/bin/sh', ['-c', script, String(pid), folder], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  shell.unref()
  return shell
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.ref()
  child.stdin?.end()
  await ended
}
