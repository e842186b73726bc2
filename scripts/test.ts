import { execFile } from 'node:child_process'
import { chmodSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serversVariable, startServers } from '../src/testing/servers.ts'
import { type Outcome, runFile, stopRunning } from './test/file.ts'
import { Tally } from './test/tally.ts'

/** `npm test [-- file or name patterns]`: types, lint and every test; the last line is the count. */

const fileLimitMs = 120_000
const runLimitMs = 13 * 60_000
/** One more than the two cores of the machines that it runs on: a file waits a quarter of its time. */
const concurrency = 3
const SVELTE_CHECK = 'web/node_modules/svelte-check/bin/svelte-check'
const SVELTE_CHECK_WORDS = ['--workspace', 'web', '--tsconfig', './tsconfig.json']

const root = join(import.meta.dirname, '..')
process.chdir(root)
const scratch = mkdtempSync(join(tmpdir(), 'bcn-run-'))
chmodSync(scratch, 0o711) // Databases that tests start may run under another name than ours.
const tally = new Tally({
  skipsFail: Boolean(process.env.CI) && process.env.CI !== 'false',
  say: (text) => process.stdout.write(text),
})
let finishing = false
const stopping = new AbortController()
const selection = select(process.argv.slice(2))

const clusters = startServers()
clusters.catch(() => {})
const limit = setTimeout(
  () => finish(`The run was stopped: it took more than ${runLimitMs / 60_000} minutes`),
  runLimitMs,
)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => finish(`The run was stopped by ${signal}`))
}

await finish(await runAll().catch((error: Error) => error.message))

/** Words that match a file's path choose files; the others choose tests by name. */
function select(words: readonly string[]): { partial: boolean; files: string[]; names: string[] } {
  const all = globSync('{src,test,bench,scripts}/**/*.test.ts').sort()
  const isFile = (word: string) => all.some((file) => file.includes(word))
  const wanted = words.filter(isFile)
  const files = wanted.length > 0 ? all.filter((file) => wanted.some((word) => file.includes(word))) : all
  return { partial: words.length > 0, files, names: words.filter((word) => !isFile(word)) }
}

function bin(name: string): string {
  return join('node_modules/.bin', name)
}

type Job = () => Promise<Outcome>

/** What is checked beside the tests, in the lanes where they run; tests of pages wait for the pages. */
function checks(): { jobs: Job[]; pagesBuilt: Promise<unknown> } {
  const jobs: Job[] = []
  let pagesBuilt: Promise<unknown> = Promise.resolve()
  const add = (job: Job): Promise<unknown> =>
    new Promise((resolve) => {
      jobs.push(() => job().finally(() => resolve(undefined)))
    })
  if (selection.files.some(needsPages)) {
    pagesBuilt = add(check('web build', process.execPath, ['scripts/build-web.ts']))
  }
  if (!selection.partial) {
    add(check('types', bin('tsc'), []))
    add(check('lint', bin('biome'), ['check', '--diagnostic-level=warn', '--max-diagnostics=20']))
    const svelteCheck = check('web types', process.execPath, [SVELTE_CHECK, ...SVELTE_CHECK_WORDS])
    add(() => pagesBuilt.then(svelteCheck))
  }
  return { jobs, pagesBuilt }
}

function needsPages(file: string): boolean {
  return file.startsWith('test/web/')
}

function check(name: string, program: string, args: string[]): Job {
  return async () => {
    const began = Date.now()
    const detail = await complaintOf(program, args)
    const line = { kind: detail === '' ? ('passed' as const) : ('failed' as const), name, detail }
    return { file: name, lines: [line], output: '', seconds: (Date.now() - began) / 1000 }
  }
}

/** What a program printed, when it failed. */
function complaintOf(program: string, args: string[]): Promise<string> {
  return new Promise((resolve) => {
    const options = { signal: stopping.signal, maxBuffer: 64 * 1024 * 1024 }
    execFile(program, args, options, (error, stdout, stderr) =>
      resolve(error === null ? '' : `${stdout}${stderr}`.trim() || error.message),
    )
  })
}

async function runAll(): Promise<string | undefined> {
  const shared = JSON.stringify((await clusters).map((cluster) => cluster.server))
  // What a killed test leaves in the temporary folder goes with ours.
  // Each file is a process that loads the application: compiled once for all, 0.7 s of a core instead of 1.3.
  const compiled = join(scratch, 'compiled')
  const env = { ...process.env, [serversVariable]: shared, TMPDIR: scratch, NODE_COMPILE_CACHE: compiled }
  const options = { scratch, names: selection.names, limitMs: fileLimitMs, env }
  const { jobs, pagesBuilt } = checks()
  for (const file of selection.files) {
    jobs.push(async () => {
      if (needsPages(file)) await pagesBuilt
      return runFile(file, options)
    })
  }
  const lane = async () => {
    for (let job = jobs.shift(); job && !finishing; job = jobs.shift()) {
      const outcome = await job()
      if (!finishing) tally.add(outcome)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
  return tally.ran === 0 ? 'No test matched' : undefined
}

/** Leaves nothing running. The count is the very last line. */
async function finish(trouble?: string): Promise<void> {
  if (finishing) return
  finishing = true
  clearTimeout(limit)
  stopping.abort()
  stopRunning()
  await Promise.allSettled([clusters.then((all) => Promise.all(all.map((cluster) => cluster.stop())))])
  rmSync(scratch, { recursive: true, force: true })
  if (trouble) tally.add(interruption(trouble))
  tally.finish()
  process.exit(tally.failed > 0 ? 1 : 0)
}

function interruption(detail: string): Outcome {
  return {
    file: 'the run',
    lines: [{ kind: 'failed', name: 'comes to its end', detail }],
    output: '',
    seconds: 0,
  }
}
