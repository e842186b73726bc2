import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { hashSync } from '@node-rs/argon2'
import { hashPassword, isOutdated, verifyPassword } from './passwords.ts'

const cheap = hashSync('right', { memoryCost: 8, timeCost: 1, parallelism: 1 })

test('a password holds for its own hash, with OWASP’s parameters and a salt of its own', async () => {
  const [one, two] = await Promise.all([hashPassword('right'), hashPassword('right')])
  assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  assert.notEqual(one, two)
  assert.deepEqual(
    [
      await verifyPassword(one, 'right'),
      await verifyPassword(one, 'wrong'),
      await verifyPassword(two, 'right'),
    ],
    [true, false, true],
  )
})

test('nobody’s password is never right', async () => {
  assert.equal(await verifyPassword(null, "nobody's password"), false)
})

test('a hash of other parameters holds, and is outdated', async () => {
  assert.equal(await verifyPassword(cheap, 'right'), true)
  assert.deepEqual([isOutdated(cheap), isOutdated(await hashPassword('right'))], [true, false])
})

test('what is no hash fails by itself, and the next one in turn does not', async () => {
  const [broken, right] = await Promise.allSettled([
    verifyPassword('no hash at all', 'right'),
    verifyPassword(cheap, 'right'),
  ])
  assert.deepEqual([broken.status, right.status === 'fulfilled' && right.value], ['rejected', true])
})

test('beyond a thousand that wait, the next one is told so, and all who wait are answered', async () => {
  const asked = Array.from({ length: 1100 }, () => verifyPassword(cheap, 'right'))
  const answers = await Promise.allSettled(asked)
  const busy = answers.filter((answer) => answer.status === 'rejected')
  assert.ok(busy.length > 0 && busy.length <= 100, String(busy.length))
  for (const { reason } of busy) assert.deepEqual([reason.status, reason.code], [503, 'auth.busy'])
  assert.ok(answers.every((answer) => answer.status === 'rejected' || answer.value === true))
})

test('a process that has nothing left to do ends, and not before its hash is made', () => {
  const script = `import { hashPassword } from ${JSON.stringify(import.meta.resolve('./passwords.ts'))}
    hashPassword('right').then((hash) => console.log(hash.slice(0, 9)))`
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { timeout: 20_000 })
  assert.equal(String(said).trim(), '$argon2id')
})
