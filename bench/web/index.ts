import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { OperatorError } from '../../src/platform/errors.ts'
import { browserPath, openBrowser } from '../../src/testing/browser.ts'
import { startDemoSite } from '../../src/testing/pages/demo-site.ts'
import { circumstances, publish, record, table } from '../report.ts'
import { axe } from './axe.ts'
import { bytes } from './bytes.ts'
import { firstStart } from './first-start.ts'
import { lighthouse } from './lighthouse.ts'
import type { Measured } from './measure.ts'
import { paint } from './paint.ts'
import { serverTime } from './server-time.ts'

type Part = (browser: Browser, origin: string) => Promise<Measured>

const PARTS: Readonly<Record<string, Part>> = {
  bytes,
  paint,
  lighthouse,
  axe,
  server: serverTime,
  start: firstStart,
}
const ROOT = path.join(import.meta.dirname, '../..')
const RESULTS = path.join(ROOT, 'bench/results/web.json')

type Run = Measured & { readonly run: Readonly<Record<string, string | number | boolean>> }

/** `web [part …]`: what the web application must reach, and what it reaches. Parts that are not named keep their last figures. */
export async function web(args: readonly string[]): Promise<void> {
  const unknown = args.find((word) => !Object.hasOwn(PARTS, word))
  if (unknown !== undefined)
    throw new OperatorError(`unknown part "${unknown}": expected some of ${Object.keys(PARTS).join(', ')}`)
  if (browserPath === undefined) throw new OperatorError('no Chromium: install it, or set CHROMIUM_PATH')
  const kept: Record<string, Run> = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')) : {}
  const measured = await measure(args.length > 0 ? args : Object.keys(PARTS))
  const all: Record<string, Run> = {}
  for (const name of Object.keys(PARTS)) {
    const run = measured[name] ?? kept[name]
    if (run) all[name] = run
  }
  record('web', all)
  const page = tableOf(all)
  publish('web', page)
  process.stdout.write(`${page}\n`)
}

/** A part that fails is told and leaves its last figures: the others are measured all the same. */
async function measure(names: readonly string[]): Promise<Readonly<Record<string, Run>>> {
  execFileSync(process.execPath, [path.join(ROOT, 'scripts/build-web.ts')], { stdio: 'inherit' })
  const site = await startDemoSite()
  const browser = await openBrowser()
  const measured: Record<string, Run> = {}
  try {
    for (const name of names) {
      const run = { ...circumstances(), load: Math.round(loadavg()[0] ?? 0) }
      process.stderr.write(`${name} … `)
      try {
        measured[name] = { run, ...(await (PARTS[name] as Part)(browser, site.origin)) }
      } catch (error) {
        process.stderr.write(`failed: ${(error as Error).message}\n`)
        process.exitCode = 1
      }
    }
  } finally {
    await browser.close()
    await site.stop()
  }
  process.stderr.write('\n')
  return measured
}

function tableOf(all: Readonly<Record<string, Run>>): string {
  const rows = Object.values(all).flatMap(({ lines, run }) =>
    lines.map(({ what, limit, measured, pass }) => [
      what,
      limit,
      measured,
      pass ? 'yes' : 'NO',
      String(run.load),
      `${run.commit}, ${String(run.when).slice(0, 16)}`,
    ]),
  )
  return table(['', 'must be', 'is', 'reached', 'load', 'commit, when'], rows)
}
