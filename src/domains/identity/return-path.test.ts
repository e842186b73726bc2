import assert from 'node:assert/strict'
import { test } from 'node:test'
import { returnPath } from './return-path.ts'

const site = 'https://learn.example.org'

test('paths of our own are returned to, in their normal form', () => {
  for (const [path, normal] of [
    ['/', '/'],
    ['/programs/lead?tab=1&next=%2Fx#part-2', '/programs/lead?tab=1&next=%2Fx#part-2'],
    ['/a/../b', '/b'],
    ['/search?q=https://elsewhere.example', '/search?q=https://elsewhere.example'],
    ['/kozi/ujasiriamali-é', '/kozi/ujasiriamali-%C3%A9'],
    ['/a//b', '/a//b'],
  ] as const) {
    assert.equal(returnPath(path, site), normal)
  }
})

test('whatever could lead to another site is not', () => {
  for (const path of [
    '',
    'programs',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\\/evil.example',
    '/%2Fevil.example',
    '/%2f%2fevil.example',
    '/%5Cevil.example',
    '/%255cevil.example',
    '/%25252f%25252fevil.example',
    '/.//evil.example',
    '/a/..//evil.example',
    '/%2e/%2fevil.example',
    '/%2e%2e//evil.example',
    'https://evil.example',
    'https:evil.example',
    'javascript:alert(1)',
    '/\t/evil.example',
    '/\n//evil.example',
    ' //evil.example',
    '/\u200b/evil.example',
    '/%',
    '@evil.example',
    '.evil.example',
  ]) {
    assert.equal(returnPath(path, site), undefined, JSON.stringify(path))
  }
})
