import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from '../../web/src/lib/markdown/parse.ts'

const text = (source: string) => {
  const [block] = parse(source)
  assert.equal(block?.kind, 'paragraph')
  return block.kind === 'paragraph' ? block.text : []
}

test('headings, lists, quotes, tables and code become blocks of their own', () => {
  const source =
    '#### One\ntext\nand more\n- a\n- b\n3. c\n> said\n> - so\n\n| A | B |\n|---|---|\n| 1 | |\n```\n**raw**\n```'
  assert.deepEqual(parse(source), [
    { kind: 'heading', level: 4, text: ['One'] },
    { kind: 'paragraph', text: ['text\nand more'] },
    { kind: 'list', start: null, items: [['a'], ['b']] },
    { kind: 'list', start: 3, items: [['c']] },
    {
      kind: 'quote',
      blocks: [
        { kind: 'paragraph', text: ['said'] },
        { kind: 'list', start: null, items: [['so']] },
      ],
    },
    { kind: 'table', head: [['A'], ['B']], rows: [[['1'], []]] },
    { kind: 'code', text: '**raw**' },
  ])
})

test('stars mark what stands between them, and lines to fill in stay lines', () => {
  assert.deepEqual(text('**Your *own* task:** go ____ 2 * 3 * 4'), [
    { kind: 'strong', text: ['Your ', { kind: 'em', text: ['own'] }, ' task:'] },
    ' go ____ 2 * 3 * 4',
  ])
  assert.deepEqual(text('a ** b and `x*y`'), ['a ** b and ', { kind: 'code', text: 'x*y' }])
})

test('only links to the web are links, and markup is text', () => {
  assert.deepEqual(text('[here](https://example.com/a)'), [
    { kind: 'link', href: 'https://example.com/a', text: ['here'] },
  ])
  for (const hostile of ['[x](javascript:alert`1`)', '[x](data:text/html,y)', '<img src=x onerror=alert(1)>'])
    assert.ok(
      text(hostile).every((part) => typeof part === 'string' || part.kind === 'code'),
      hostile,
    )
})

test('a hundred thousand stars cost no more than their number', () => {
  const started = performance.now()
  for (const hostile of ['*', '**a', '[', '`', '> ', '[a](']) parse(hostile.repeat(100_000 / hostile.length))
  assert.ok(performance.now() - started < 2000)
})
