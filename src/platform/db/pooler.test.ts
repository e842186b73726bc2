import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import { createTestDatabase } from '../../testing/database.ts'
import { asSelf } from '../actor.ts'
import { connect, type Database } from './index.ts'

const PGBOUNCER = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find(existsSync)

if (PGBOUNCER) {
  test('through PgBouncer in transaction mode everything works, and no actor leaks to another', async () => {
    const house = await createTestDatabase()
    const pooler = await startPooler(PGBOUNCER, house.appUrl)
    const options = { poolSize: 8, prepared: false, applicationName: 'pooled', statementTimeoutMs: 1000 }
    const db = connect({ url: pooler.url, ...options })
    try {
      const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => askAs(db, n)))
      assert.deepEqual(
        answers,
        Array.from({ length: 60 }, (_, n) => expected(n)),
      )
      await assert.rejects(db.text({ name: 'bad', text: 'select 1/$1::int' }, [0]), /division by zero/)
      await db.ping()
    } finally {
      await db.close()
      await pooler.stop()
      await house.close()
    }
  })
}

const WHO = {
  name: 'who',
  text: `select coalesce(nullif(current_setting('app.current_user_id', true), ''), 'nobody') || $1`,
}

function userId(n: number): string {
  return `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`
}

/** Each third asks in another way: as an actor in a transaction, as an actor in one statement, as nobody. */
async function askAs(db: Database, n: number): Promise<string | null> {
  const actor = asSelf(userId(n))
  if (n % 3 === 1) return db.textAs(actor, WHO, ['!'])
  if (n % 3 === 2) return db.text(WHO, ['!'])
  return db.transaction(actor, async (tx) => {
    await sql`select ${n}::int`.execute(tx)
    const { rows } = await sql<{
      who: string
    }>`select current_setting('app.current_user_id') || '!' as who`.execute(tx)
    return rows[0]?.who ?? null
  })
}

function expected(n: number): string {
  return n % 3 === 2 ? 'nobody!' : `${userId(n)}!`
}

async function startPooler(binary: string, appUrl: string): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'bcn-pooler-'))
  const port = await freePort()
  writeFileSync(join(folder, 'pgbouncer.ini'), configuration(folder, port, new URL(appUrl)))
  writeFileSync(join(folder, 'users'), `"${new URL(appUrl).username}" "${new URL(appUrl).password}"\n`)
  chmodSync(folder, 0o755)
  // PgBouncer refuses root.
  const identity = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
  const child = spawn(binary, [join(folder, 'pgbouncer.ini')], { ...identity, stdio: 'ignore' })
  const url = new URL(appUrl)
  url.port = String(port)
  await untilAnswering(url.href)
  return { url: url.href, stop: () => stop(child, folder) }
}

function configuration(folder: string, port: number, server: URL): string {
  return `[databases]
* = host=${server.hostname} port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(folder, 'users')}
pool_mode = transaction
default_pool_size = 2
server_reset_query =
`
}

async function untilAnswering(url: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const db = connect({ url, poolSize: 2, prepared: false, applicationName: 'waiting' })
    try {
      return await db.ping()
    } catch (error) {
      if (attempt === 50) throw error
      await delay(50)
    } finally {
      await db.close()
    }
  }
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  child.kill('SIGINT')
  if (child.exitCode === null) await once(child, 'exit')
  rmSync(folder, { recursive: true, force: true })
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
