import { styleText } from 'node:util'
import type { Outcome } from './file.ts'
import type { Line } from './reporter.ts'

/** Counts outcomes, prints a line a file as it ends, and every failure again, whole, in the summary. */
export class Tally {
  ran = 0
  failed = 0
  readonly #count = { passed: 0, skipped: 0 }
  readonly #failures: string[] = []
  readonly #skipsFail: boolean
  readonly #say: (text: string) => void

  constructor(options: { skipsFail: boolean; say: (text: string) => void }) {
    this.#skipsFail = options.skipsFail
    this.#say = options.say
  }

  add(outcome: Outcome): void {
    const failures = outcome.lines.filter(
      (line) => line.kind === 'failed' || (this.#skipsFail && line.kind === 'skipped'),
    )
    const of = (kind: Line['kind']) => outcome.lines.filter((line) => line.kind === kind).length
    this.ran += outcome.lines.length
    this.failed += of('failed')
    this.#count.passed += of('passed')
    this.#count.skipped += of('skipped')
    if (outcome.lines.length > 0) this.#say(progress(outcome, failures.length))
    if (failures.length > 0) this.#failures.push(story(outcome, failures))
  }

  /** Says every failure and, as the very last line, the count. */
  finish(): void {
    const { passed, skipped } = this.#count
    const forbidden = this.#skipsFail ? skipped : 0
    this.failed += forbidden
    this.#say(['', ...this.#failures].join('\n'))
    this.#say(`${passed} passed, ${this.failed} failed, ${skipped - forbidden} skipped\n`)
  }
}

function progress({ file, lines, said = [], seconds }: Outcome, failures: number): string {
  const mark = failures > 0 ? paint('red', '✗') : paint('green', '✓')
  const trouble = failures > 0 ? paint('red', ` ${failures} failed`) : ''
  return `${mark} ${file} ${paint('dim', `${lines.length} in ${seconds.toFixed(1)} s`)}${trouble}\n${said.map((line) => `  ${line}\n`).join('')}`
}

function story({ file, output }: Outcome, failures: Line[]): string {
  const told = failures.map(({ kind, name, detail }) => {
    const why = kind === 'skipped' ? 'Skipped: on CI every test must run' : (detail ?? '')
    return `${paint('red', `✗ ${file} › ${name}`)}\n${indent(why)}\n`
  })
  const printed = output.trim()
    ? `${paint('dim', `  printed by ${file}:`)}\n${indent(output.trim().slice(-8_000))}\n`
    : ''
  return `${told.join('\n')}${printed}`
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '    ')
}

function paint(color: 'red' | 'green' | 'dim', text: string): string {
  return styleText(color, text, { stream: process.stdout })
}
