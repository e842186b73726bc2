import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { freePort } from '../../platform/db/embedded.ts'
import { endWithUs } from '../children.ts'

const MAIN = path.join(import.meta.dirname, '../../main.ts')

export type DemoSite = { readonly origin: string; stop(): Promise<void> }

/** The whole platform with the demo world, as `npm start` gives it, on a port and a data folder of its own. */
export async function startDemoSite(env: Readonly<Record<string, string>> = {}): Promise<DemoSite> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bcn-site-'))
  chmodSync(folder, 0o755) // The database may run under another name than ours.
  const port = await freePort()
  const child = spawn(process.execPath, [MAIN, 'start'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      PORT: String(port),
      DATA_DIR: path.join(folder, 'data'),
      LOG_LEVEL: 'error',
      RATE_LIMITS: 'off', // One machine asks as often as a town would.
      ...env,
    },
  })
  endWithUs(child)
  const ended = once(child, 'exit')
  await Promise.race([
    untilSaid(child.stdout, 'is ready'),
    ended.then(([code]) => Promise.reject(new Error(`the site did not start (${code})`))),
  ])
  child.stdout.resume()
  return {
    origin: `http://localhost:${port}`,
    async stop() {
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function untilSaid(output: Readable, words: string): Promise<void> {
  let said = ''
  for await (const chunk of output.iterator({ destroyOnReturn: false })) {
    said += chunk
    if (said.includes(words)) return
  }
}
