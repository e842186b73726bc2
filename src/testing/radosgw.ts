import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { S3Config } from '../platform/config.ts'
import { endWithUs } from './children.ts'
import { freePort } from './redis.ts'

/** A real S3 server of a test's own: Ceph's radosgw over one monitor and one store in memory, in a temporary folder. */
export type TestRadosgw = { readonly s3: S3Config; stop(): Promise<void> }

const PROGRAMS = ['ceph', 'ceph-authtool', 'ceph-mon', 'ceph-osd', 'monmaptool', 'radosgw', 'radosgw-admin']
const BOOT_MS = 90_000
const runProgram = promisify(execFile)

/** With an end: Ceph's clients wait for ever for a monitor that does not answer. */
const run = (program: string, options: readonly string[]) =>
  runProgram(program, options, { timeout: BOOT_MS })

export const missingForRadosgw = PROGRAMS.filter((program) => !isInstalled(program))

/** What to install on Debian for `startRadosgw`. */
export const radosgwPackages = 'radosgw ceph-mon ceph-osd ceph-common'

/** Takes ten to twenty seconds. */
export async function startRadosgw(): Promise<TestRadosgw> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bcn-rgw-'))
  const daemons: ChildProcess[] = []

  async function stop(): Promise<void> {
    await Promise.all(daemons.reverse().map(ended))
    await rm(folder, { recursive: true, force: true })
  }

  try {
    return { s3: await boot(folder, daemons), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function boot(folder: string, daemons: ChildProcess[]): Promise<S3Config> {
  const [fsid, osd] = [randomUUID(), randomUUID()]
  const [monitorPort, port] = [await freePort(), await freePort()]
  const config = path.join(folder, 'ceph.conf')
  const keyring = path.join(folder, 'keyring')
  const common = ['--conf', config, '--keyring', keyring]
  const start = async (program: string, ...options: string[]) => {
    const log = await open(path.join(folder, `${program}.out`), 'w')
    const daemon = spawn(program, ['-f', ...common, ...options], { stdio: ['ignore', log.fd, log.fd] })
    endWithUs(daemon)
    daemons.push(daemon)
    await log.close()
  }

  await writeFile(config, configuration(folder, fsid, monitorPort, port))
  await makeKeyring(keyring)
  await mkdir(path.join(folder, 'osd'))
  await startMonitor()
  await run('ceph', [...common, '-n', 'client.admin', 'osd', 'new', osd, '0'])
  await run('ceph-osd', [...common, '-i', '0', '--mkfs', '--osd-uuid', osd])
  await start('ceph-osd', '-i', '0')
  const user = await createUser(common)
  await start('radosgw', '-n', 'client.admin')
  const endpoint = `http://127.0.0.1:${port}`
  await untilAnswering(endpoint, daemons)
  return { endpoint, region: 'default', bucket: 'test-files', ...user, forcePathStyle: true }

  async function startMonitor(): Promise<void> {
    const map = path.join(folder, 'monmap')
    await run('monmaptool', ['--create', '--fsid', fsid, '--addv', 'a', `[v2:127.0.0.1:${monitorPort}]`, map])
    await run('ceph-mon', [...common, '-i', 'a', '--mkfs', '--monmap', map])
    await start('ceph-mon', '-i', 'a')
  }
}

/** One copy of everything, in one store: what a cluster would warn of, or refuse, is allowed. */
function configuration(folder: string, fsid: string, monitorPort: number, port: number): string {
  return `[global]
fsid = ${fsid}
mon host = [v2:127.0.0.1:${monitorPort}]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
run dir = ${folder}
admin socket = ${folder}/$name.sock
log file = ${folder}/$name.log
pid file = ${folder}/$name.pid
mon data = ${folder}/mon
osd data = ${folder}/osd
osd objectstore = memstore
memstore device bytes = 1073741824
osd crush chooseleaf type = 0
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon data avail crit = 0
mon max pg per osd = 1000
rgw data = ${folder}
rgw frontends = beast endpoint=127.0.0.1:${port}
rgw dns name = 127.0.0.1
rgw run sync thread = false
rgw enable usage log = false
`
}

/** One file with every key: the monitor's, the store's, and the administrator's, whom the gateway acts as too. */
async function makeKeyring(keyring: string): Promise<void> {
  const all = ['--cap', 'mon', 'allow *', '--cap', 'osd', 'allow *', '--cap', 'mgr', 'allow *']
  const create = (name: string, ...options: string[]) =>
    run('ceph-authtool', [keyring, '--gen-key', '-n', name, ...options])
  await create('mon.', '--create-keyring', '--cap', 'mon', 'allow *')
  await create('client.admin', ...all)
  await create('osd.0', '--cap', 'mon', 'allow profile osd', '--cap', 'osd', 'allow *')
}

async function createUser(common: readonly string[]) {
  const accessKeyId = randomBytes(10).toString('hex')
  const secretAccessKey = randomBytes(20).toString('hex')
  const keys = ['--access-key', accessKeyId, '--secret-key', secretAccessKey]
  const user = ['user', 'create', '--uid', 'tester', '--display-name', 'Tester', ...keys]
  await run('radosgw-admin', [...common, '-n', 'client.admin', ...user])
  return { accessKeyId, secretAccessKey }
}

async function untilAnswering(endpoint: string, daemons: readonly ChildProcess[]): Promise<void> {
  const until = Date.now() + BOOT_MS
  while (Date.now() < until) {
    const dead = daemons.find((daemon) => daemon.exitCode !== null)
    if (dead) throw new Error(`${dead.spawnfile} ended with code ${dead.exitCode}`)
    if (await fetch(endpoint).catch(() => null)) return
    await delay(100)
  }
  throw new Error(`radosgw did not answer at ${endpoint} within ${BOOT_MS / 1000} seconds`)
}

async function ended(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return
  await new Promise((resolve) => {
    daemon.once('exit', resolve)
    daemon.kill('SIGKILL')
  })
}

function isInstalled(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
