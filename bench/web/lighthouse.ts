import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { freePort } from '../../src/platform/db/embedded.ts'
import { openBrowser } from '../../src/testing/browser.ts'
import { openAs } from '../../src/testing/pages/visit.ts'
import { type Addressed, addressesOf } from './addresses.ts'
import { type Line, type Measured, median } from './measure.ts'

const RUNS = 3
const LEAST = 95
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'] as const
const PUBLIC = ['home', 'programs', 'program', 'coach', 'event', 'community']
const PRIVATE = ['dashboard']

type Category = (typeof CATEGORIES)[number]
type Scores = Readonly<Record<Category, number>>
type Report = { readonly categories: Readonly<Record<Category, { readonly score: number | null }>> }
type Lighthouse = (url: string, flags: object) => Promise<{ readonly lhr: Report } | undefined>

/** Lighthouse as it comes: a mid-range phone, simulated slow 4G. Its packages stand apart and are installed when it is asked for. */
export async function lighthouse(browser: Browser, origin: string): Promise<Measured> {
  const run = await load()
  const port = await freePort()
  const watched = await openBrowser([`--remote-debugging-port=${port}`])
  const scores: Record<string, Scores> = {}
  try {
    const wanted = [...PUBLIC, ...PRIVATE]
    for (const page of await addressesOf(browser, origin, ({ name }) => wanted.includes(name))) {
      scores[page.name] = await audit(run, port, browser, origin, page)
    }
  } finally {
    await watched.close()
  }
  return { lines: [...PUBLIC, ...PRIVATE].map((name) => line(name, scores[name])), detail: scores }
}

async function audit(run: Lighthouse, port: number, browser: Browser, origin: string, page: Addressed) {
  const context = await openAs(page.reader, browser, origin)
  const cookies = await context.cookies()
  await context.close()
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  const flags = {
    port,
    logLevel: 'error',
    onlyCategories: CATEGORIES,
    ...(cookie !== '' && { extraHeaders: { Cookie: cookie } }),
  }
  const runs: Scores[] = []
  for (let i = 0; i < RUNS; i++) {
    const { categories } = (await run(origin + page.address, flags))?.lhr ?? {}
    if (!categories) throw new Error(`lighthouse says nothing of ${page.address}`)
    runs.push(scoresOf((category) => (categories[category].score ?? 0) * 100))
  }
  return scoresOf((category) => median(runs.map((each) => each[category])))
}

function scoresOf(score: (category: Category) => number): Scores {
  return Object.fromEntries(CATEGORIES.map((category) => [category, Math.round(score(category))])) as Scores
}

function line(name: string, scores: Scores | undefined): Line {
  const counted = CATEGORIES.filter((category) => category !== 'seo' || !PRIVATE.includes(name))
  return {
    what: `Lighthouse of ${name}: ${counted.join(', ')}`,
    limit: `>= ${LEAST}`,
    measured: scores ? counted.map((category) => scores[category]).join(', ') : 'no such page',
    pass: scores !== undefined && counted.every((category) => scores[category] >= LEAST),
  }
}

async function load(): Promise<Lighthouse> {
  if (!existsSync(path.join(import.meta.dirname, 'node_modules/lighthouse'))) {
    const { status } = spawnSync('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    if (status !== 0) throw new Error('lighthouse could not be installed')
  }
  const name = 'lighthouse'
  return ((await import(name)) as { default: Lighthouse }).default
}
