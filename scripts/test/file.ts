import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Line } from './reporter.ts'

export type Outcome = { file: string; lines: Line[]; said?: string[]; output: string; seconds: number }

const reporter = new URL('./reporter.ts', import.meta.url).pathname
const running = new Set<ChildProcess>()

type Options = { scratch: string; names: readonly string[]; limitMs: number; env: NodeJS.ProcessEnv }

/** Runs one test file in a process group of its own, and ends the whole group with it, hung or not. */
export async function runFile(file: string, options: Options): Promise<Outcome> {
  const began = Date.now()
  const report = join(options.scratch, `${file.replaceAll('/', '-')}.jsonl`)
  const child = spawn(process.execPath, argumentsFor(file, report, options), {
    detached: true,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  const output: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk))
  const end = await ending(child, options.limitMs)
  running.delete(child)
  const lines = readLines(report)
  return {
    file,
    lines: [
      ...lines.filter(({ kind }) => kind !== 'begun' && kind !== 'ended' && kind !== 'said'),
      ...verdict(lines, end, options),
    ],
    said: lines.filter(({ kind }) => kind === 'said').map(({ name }) => name),
    output: Buffer.concat(output).toString(),
    seconds: (Date.now() - began) / 1000,
  }
}

export function stopRunning(): void {
  for (const child of running) killGroup(child)
}

function argumentsFor(file: string, report: string, { names, limitMs }: Options): string[] {
  return [
    '--test-reporter',
    reporter,
    '--test-reporter-destination',
    report,
    `--test-timeout=${Math.round(limitMs * 0.8)}`, // Sooner than ours, so that the hung test is named.
    ...names.map((name) => `--test-name-pattern=${name}`),
    file,
  ]
}

type End = { code: number | null; signal: NodeJS.Signals | null; hung: boolean }

function ending(child: ChildProcess, limitMs: number): Promise<End> {
  return new Promise((resolve) => {
    let hung = false
    const timer = setTimeout(() => {
      hung = true
      killGroup(child)
    }, limitMs)
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      killGroup(child) // What the file started and forgot.
      resolve({ code, signal, hung })
    })
  })
}

function killGroup(child: ChildProcess): void {
  try {
    process.kill(-child.pid!, 'SIGKILL')
  } catch {
    // Nobody is left in the group.
  }
}

function readLines(report: string): Line[] {
  if (!existsSync(report)) return []
  const whole = readFileSync(report, 'utf8').split('\n').slice(0, -1)
  return whole.map((line) => JSON.parse(line))
}

/** What the tests themselves could not say: a file that hung, crashed, or tested nothing. */
function* verdict(lines: Line[], end: End, options: Options): Generator<Line> {
  const told = lines.some((line) => line.kind === 'failed')
  if (end.hung) yield { kind: 'failed', name: 'ends in time', detail: whereItHung(lines, options.limitMs) }
  else if (end.code !== 0 && !told) {
    yield {
      kind: 'failed',
      name: 'runs to its end',
      detail: `The file ended with ${end.signal ?? `code ${end.code}`}`,
    }
  } else if (options.names.length === 0 && !lines.some((line) => line.kind === 'begun')) {
    yield { kind: 'failed', name: 'has tests', detail: 'No test was found in this file' }
  }
}

function whereItHung(lines: Line[], limitMs: number): string {
  return `Killed after ${limitMs / 1000} s; ${stillRunning(lines)}`
}

function stillRunning(lines: Line[]): string {
  if (lines.length === 0) return 'no test was heard of: it waits on its top level, or turns in a loop'
  const open = new Map<string, number>()
  for (const { kind, name } of lines) {
    if (kind === 'begun') open.set(name, (open.get(name) ?? 0) + 1)
    if (kind === 'ended') open.set(name, (open.get(name) ?? 0) - 1)
  }
  const names = [...open].filter(([, count]) => count > 0).map(([name]) => `"${name}"`)
  if (names.length > 0) return `still running: ${names.join(', ')}`
  return 'all tests had ended, but something kept the process open'
}
