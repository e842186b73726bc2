import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../src/platform/db/embedded.ts'
import type { BenchDatabase } from './bench-database.ts'

const MAIN = path.join(import.meta.dirname, '../src/main.ts')
const PACKAGE = path.join(import.meta.dirname, '../package.json')

export type BenchServer = { readonly url: string; readonly pid: number; stop(): Promise<void> }

/** The real `server` in a process of its own, as in production, with row security, sessions, validation and metrics on. */
export async function startServer(
  database: BenchDatabase,
  options: { cache: boolean; poolSize: number; env?: Readonly<Record<string, string>> },
): Promise<BenchServer> {
  const port = await freePort()
  const child = spawn(process.execPath, [...flags(), MAIN, 'server'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      PORT: String(port),
      HOST: '127.0.0.1',
      DATABASE_URL: database.appUrl,
      DATABASE_WORKER_URL: database.workerUrl,
      DATABASE_POOL_SIZE: String(options.poolSize),
      SECRET_KEY: 'only-for-benchmarks-on-this-machine-0123',
      CACHE: options.cache ? 'on' : 'off',
      // A handful of people call as often as thousands would.
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'warn',
      ...options.env,
    },
  })
  const url = `http://127.0.0.1:${port}`
  await ready(url)
  return {
    url,
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

/** How `npm run server` has Node keep its memory. */
function flags(): string[] {
  const { scripts } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { scripts: { server: string } }
  return scripts.server.split(' ').filter((word) => word.startsWith('--'))
}

async function ready(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const reply = await fetch(`${url}/health/ready`).catch(() => null)
    if (reply?.ok) return
    await sleep(100)
  }
  throw new Error('the server did not become ready within 10 s')
}
