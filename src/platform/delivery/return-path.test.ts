import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { addressMark, readReturnPath, returnPathTo, today } from './return-path.ts'

const config = { secretKey: 'a secret of thirty-two letters 12', mailBounceAddress: 'bounces@example.org' }
const now = new Date('2027-01-15T12:00:00Z')
const sent = { userId: randomUUID(), mark: addressMark(config, 'amina@example.com'), day: today(now) }
const path = returnPathTo(config, sent)!

test('a return path fits an envelope and tells whom a mail was for, whatever the case it comes back in', () => {
  assert.match(path, /^bounces\+[a-z2-7]{52}@example\.org$/)
  assert.ok(path.split('@')[0]!.length <= 64)
  for (const one of [path, path.toUpperCase()]) assert.deepEqual(readReturnPath(config, one, now), sent)
  assert.doesNotMatch(path, /amina/)
})

test('one that is changed, cut, of another secret or of long ago is none', () => {
  const changed = path.replace(/\+(.)/, (_, first: string) => `+${first === 'a' ? 'b' : 'a'}`)
  for (const one of [
    changed,
    path.replace('@', 'a@'),
    path.slice(1 + path.indexOf('+')),
    'bounces@example.org',
    '',
  ])
    assert.equal(readReturnPath(config, one, now), undefined, one)
  assert.equal(
    readReturnPath({ ...config, secretKey: 'another secret of thirty-two 1234' }, path, now),
    undefined,
  )
  assert.equal(readReturnPath(config, path, new Date('2027-02-20T12:00:00Z')), undefined)
  assert.equal(returnPathTo({ ...config, mailBounceAddress: null }, sent), undefined)
})

test('addresses of one mailbox have one mark, others have another', () => {
  const mark = (address: string) => addressMark(config, address).toString('hex')
  assert.equal(mark('Amina+news@Example.com'), mark('amina@example.com'))
  assert.notEqual(mark('amina@example.org'), mark('amina@example.com'))
})
