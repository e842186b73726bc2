import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { runFile } from './file.ts'
import { Tally } from './tally.ts'

describe('the test runner', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'bcn-runner-'))
  after(() => rmSync(scratch, { recursive: true }))

  test('tells passed, failed and skipped tests by their full names', async () => {
    const lines = await run(`
      describe('a door', () => {
        test('opens', () => {})
        test('closes', () => assert.equal(1, 2))
        test('sings', { skip: true }, () => {})
      })
      describe('a wall', { skip: true }, () => { test('stands', () => {}) })`)
    const told = lines.map(({ kind, name }) => `${kind} ${name}`)
    assert.deepEqual(told, [
      'passed a door › opens',
      'failed a door › closes',
      'skipped a door › sings',
      'skipped a wall',
    ])
    assert.match(lines[1]?.detail ?? '', /1 !== 2/)
  })

  test('counts a failure of a suite that is not one of its tests', async () => {
    const lines = await run(
      "describe('a door', () => { before(() => { throw new Error('stuck') }); test('opens', () => {}) })",
    )
    assert.ok(lines.some(({ kind, detail }) => kind === 'failed' && detail?.includes('stuck')))
  })

  test('fails a file that tests nothing', async () => {
    assert.deepEqual(
      (await run('')).map(({ name }) => name),
      ['has tests'],
    )
  })

  test('fails a file that ends before its tests do', async () => {
    const lines = await run("test('opens', () => process.exit(3))")
    assert.match(lines.at(-1)?.detail ?? '', /code 3/)
  })

  test('names the test that hangs', async () => {
    const lines = await run("test('opens', () => new Promise(() => { setInterval(() => {}, 1000) }))", 5_000)
    assert.match(lines[0]?.detail ?? '', /timed out after 4000ms/)
    assert.match(lines.at(-1)?.detail ?? '', /Killed after 5 s/)
  })

  test('kills a file that turns in a loop', async () => {
    const lines = await run("test('opens', () => { for (;;); })", 1_500)
    assert.match(lines.at(-1)?.detail ?? '', /Killed after 1\.5 s; no test was heard of/)
  })

  test('kills a file that something keeps open', async () => {
    const lines = await run("test('opens', () => { setInterval(() => {}, 1000) })", 1_500)
    assert.equal(lines[0]?.kind, 'passed')
    assert.match(lines.at(-1)?.detail ?? '', /something kept the process open/)
  })

  test('ends what a file started and forgot', async () => {
    const note = join(scratch, 'pid')
    await run(`
      import { spawn } from 'node:child_process'
      import { writeFileSync } from 'node:fs'
      test('opens', () => {
        const child = spawn('sleep', ['60'], { stdio: 'ignore' })
        child.unref()
        writeFileSync(${JSON.stringify(note)}, String(child.pid))
      })`)
    await sleep(50)
    assert.equal(isRunning(Number(readFileSync(note, 'utf8'))), false)
  })

  test('fails on CI for a test that was skipped', () => {
    const skipped = { file: 'a', lines: [{ kind: 'skipped', name: 'b' } as const], output: '', seconds: 0 }
    assert.match(countOf(skipped, false), /0 passed, 0 failed, 1 skipped\n$/)
    assert.match(
      countOf(skipped, true),
      /b\n.*on CI every test must run[\s\S]*0 passed, 1 failed, 0 skipped\n$/,
    )
  })

  function countOf(outcome: Parameters<Tally['add']>[0], skipsFail: boolean): string {
    let said = ''
    const tally = new Tally({ skipsFail, say: (text) => (said += text) })
    tally.add(outcome)
    tally.finish()
    return said
  }

  async function run(body: string, limitMs = 20_000) {
    const file = join(scratch, `case-${Math.random()}.test.ts`)
    const head =
      "import assert from 'node:assert/strict'\nimport { before, describe, test } from 'node:test'\nvoid [assert, before, describe, test]\n"
    writeFileSync(file, head + body)
    // This process is a test file itself, and node:test tells so by the environment.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    return (await runFile(file, { scratch, names: [], limitMs, env })).lines
  }
})

function isRunning(pid: number): boolean {
  if (!existsSync(`/proc/${pid}`)) return false
  return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
}
