import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'

test('in production a line is JSON without personal data', () => {
  const [line] = logged(
    'production',
    `log.error({ err: failure, body: { a: 1 }, user: { email: 'a@b.c' } }, 'failed')`,
  )
  const entry = JSON.parse(line ?? '')
  assert.equal(entry.msg, 'failed')
  assert.equal(entry.err.code, '23505')
  assert.match(entry.err.message, /duplicate key \[masked\]/)
  assert.doesNotMatch(line ?? '', /@|detail|"body"/)
})

test('in development a line is short and readable', () => {
  const [line] = logged('development', `log.info({ port: 3000 }, 'listening')`)
  assert.match(line ?? '', /^\d\d:\d\d:\d\d\.\d{3} info {2}listening port=3000$/)
})

function logged(env: string, statement: string): string[] {
  const program = `
    const { createLog } = await import('${new URL('./log.ts', import.meta.url).href}')
    const log = createLog({ env: '${env}', logLevel: 'info' })
    const failure = Object.assign(new Error('duplicate key amina@example.org'), { code: '23505', detail: 'Key (email)=(x@y.z)' })
    ${statement}`
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
  return output.trim().split('\n')
}
