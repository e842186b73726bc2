import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { freePort } from '../../src/platform/db/embedded.ts'
import { atMost, type Measured } from './measure.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const LIMIT_SECONDS = 90

/** `npm start` in a fresh clone of what is committed, until it says that it is ready: install and web build are within. */
export async function firstStart(): Promise<Measured> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bcn-clone-'))
  chmodSync(folder, 0o755)
  try {
    const clone = path.join(folder, 'clone')
    execFileSync('git', ['clone', '--quiet', ROOT, clone])
    const steps = await start(clone)
    return {
      lines: [
        atMost('first npm start on a fresh clone', LIMIT_SECONDS, { ready: steps.ready ?? Infinity }, 's'),
      ],
      detail: steps,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Seconds from the beginning to each step, as the output tells them. */
async function start(clone: string): Promise<Readonly<Record<string, number>>> {
  const marks = { build: 'Building the web', migrate: 'migrated V001', ready: 'is ready' }
  const steps: Record<string, number> = {}
  const begin = performance.now()
  const child = spawn('npm', ['start'], {
    cwd: clone,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...withoutOurs(), PORT: String(await freePort()), DATA_DIR: path.join(clone, '.data') },
  })
  const ended = once(child, 'exit')
  let said = ''
  const isReady = new Promise<void>((resolve) => {
    const hear = (chunk: Buffer) => {
      said += chunk
      for (const [step, words] of Object.entries(marks)) {
        if (said.includes(words)) steps[step] ??= (performance.now() - begin) / 1000
      }
      if (steps.ready !== undefined) resolve()
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
  })
  await Promise.race([isReady, ended])
  if (steps.ready === undefined) throw new Error(`npm start ended: ${said.slice(-500)}`)
  process.kill(-(child.pid ?? 0), 'SIGTERM')
  await ended
  return steps
}

/** As in a shell of a person: without what npm and this folder add to the environment. */
function withoutOurs(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name))
  const PATH = (process.env.PATH ?? '').split(':').filter((place) => !place.includes('node_modules'))
  return { ...Object.fromEntries(own), PATH: PATH.join(':') }
}
