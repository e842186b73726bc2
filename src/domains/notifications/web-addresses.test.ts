import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostsIn } from './web-addresses.ts'

test('whatever a mail program makes a link of is a web address', () => {
  for (const [text, host] of [
    ['See https://evil.example/x', 'evil.example'],
    ['HTTP://EVIL.example', 'evil.example'],
    ['www.evil.example', 'www.evil.example'],
    ['Win at evil.example/win now', 'evil.example'],
    ['evil.example.', 'evil.example'],
    ['(evil.co.ke)', 'evil.co.ke'],
    ['EVIL.COM', 'evil.com'],
    ['👉evil.com!', 'evil.com'],
    ['look:bit.ly/abc', 'bit.ly'],
    ['evil．example/win', 'evil.example'],
    ['evil.example:8080/x', 'evil.example:8080'],
    ['пример.рф', 'пример.рф'],
    ['https://own.example@evil.example/', 'own.example@evil.example'],
  ] as const)
    assert.deepEqual(hostsIn(text), [host], text)
})

test('abbreviations, numbers, mail addresses and sentences without a blank are none', () => {
  for (const text of [
    'e.g. this, i.e. that, p.ex. ceci, c.-à-d. cela, n.k.',
    'At 10.30 or 10.30am, for 1.500 KES.',
    'It is done.Then we rest.',
    'Wait… what...really?',
    'and/or, 24/7, Mr. Otieno/Mrs. Otieno',
    'Write to help@evil.example.',
  ])
    assert.deepEqual(hostsIn(text), [], text)
})

test('a name that has dots is a name, until it has a path or the ending of a site', () => {
  const careful = (text: string) => hostsIn(text, { careful: true })
  for (const name of ['Amina W. Wanjiru', 'Dr.Asha Nur', 'J.Li', 'amina.wanjiru', 'St.John Doe', 'Ph.D. Sow'])
    assert.deepEqual(careful(name), [], name)
  for (const name of ['<b>Win</b> http://evil.example/win', 'www.evil.ru', 'evil.example/win', 'Evil.Com'])
    assert.equal(careful(name).length, 1, name)
})

test('long words are read in no time', () => {
  const from = performance.now()
  for (const text of ['a', 'a.', 'a-', 'a:/', 'www.']) hostsIn(text.repeat(5000))
  assert.ok(performance.now() - from < 2000, `${performance.now() - from} ms`)
})
