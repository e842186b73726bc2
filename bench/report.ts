import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import path from 'node:path'

/** What a figure is worth nothing without. */
export function circumstances(): Record<string, string | number | boolean> {
  return {
    commit: git('rev-parse', '--short', 'HEAD'),
    uncommitted: git('status', '--porcelain') !== '',
    when: new Date().toISOString(),
    node: process.version,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memory_gib: Math.round(totalmem() / 2 ** 30),
  }
}

/** Writes `bench/results/<name>.json`, the newest run; older ones are in the history. */
export function record(name: string, result: object): string {
  const folder = path.join(import.meta.dirname, 'results')
  mkdirSync(folder, { recursive: true })
  const file = path.join(folder, `${name}.json`)
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`)
  return path.relative(process.cwd(), file)
}

/** Puts the newest figures between the marks that bear this name in docs/benchmarks.md. */
export function publish(name: string, markdown: string): void {
  const file = path.join(import.meta.dirname, '../docs/benchmarks.md')
  const page = readFileSync(file, 'utf8')
  const marks = new RegExp(`(<!-- ${name}: [^>]*-->)[^]*?(<!-- end -->)`)
  writeFileSync(
    file,
    page.replace(marks, (_, from, to) => `${from}\n\n${markdown}\n\n${to}`),
  )
}

/** Rows of text as a Markdown table whose columns line up. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join(
    '\n',
  )
}

/** Three digits that mean something. */
export function figure(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)))
}

function git(...words: string[]): string {
  return execFileSync('git', words, { encoding: 'utf8' }).trim()
}
