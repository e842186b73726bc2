// Runs on whatever Node the machine has (20 or newer) before anything is installed: no dependencies, no TypeScript.
// Installs what package-lock.json says when node_modules disagrees with it; otherwise does nothing, in a few milliseconds.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { withLock } from './lock.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const stamp = `${root}node_modules/.installed`
// Outside node_modules, because npm ci begins by removing that folder.
const lock = `${root}.installing`

if (!isInstalled()) {
  try {
    await withLock(lock, () => {
      if (!isInstalled()) install()
    })
  } catch (error) {
    fail(error.code ? `cannot write in ${root} (${error.code})` : error.message)
  }
}

const oldest = 24
const bundled = ['node', 'node.cmd'].some((name) => existsSync(`${root}node_modules/.bin/${name}`))
if (!bundled && Number(process.versions.node.split('.')[0]) < oldest) {
  fail(
    `Node.js ${oldest} or newer is needed (this is ${process.versions.node}), and npm has none for this machine`,
  )
}

function isInstalled() {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted()) return true
  if (!agrees()) return false
  writeFileSync(stamp, wanted())
  return true
}

/** After a developer's own `npm install` the folder is right and only the stamp is old: npm's record of the folder tells. */
function agrees() {
  const record = `${root}node_modules/.package-lock.json`
  if (!existsSync(record)) return false
  const installed = packagesOf(record)
  const locked = Object.entries(packagesOf(`${root}package-lock.json`)).filter(([name]) => name !== '')
  const extra = Object.keys(installed).length - locked.filter(([name]) => name in installed).length
  return (
    extra === 0 &&
    locked.every(([name, entry]) => {
      const found = installed[name]
      return found ? found.version === entry.version && existsSync(`${root}${name}`) : mayBeMissing(entry)
    })
  )
}

/** Missing is right for what is optional and made for another machine (`libc` stands for one that cannot be told here). */
function mayBeMissing(entry) {
  if (!(entry.optional || entry.devOptional)) return false
  const here = entry.os?.includes(process.platform) && entry.cpu?.includes(process.arch) && !entry.libc
  return !here
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages
}

/** The lock file decides what is installed; platform and architecture decide which of it. */
function wanted() {
  const digest = createHash('sha256')
    .update(readFileSync(`${root}package-lock.json`))
    .digest('hex')
  return `${digest} ${process.platform}-${process.arch}\n`
}

function install() {
  process.stderr.write('Installing the packages of package-lock.json …\n')
  const arguments_ = ['ci', '--no-fund', '--no-audit', '--loglevel=error']
  const { status, signal, error } = spawnSync('npm', arguments_, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (status !== 0) throw new Error(`npm ci failed (${error?.message ?? signal ?? `exit code ${status}`})`)
  writeFileSync(stamp, wanted())
}

function fail(message) {
  process.stderr.write(`install: ${message}\n`)
  process.exit(1)
}
