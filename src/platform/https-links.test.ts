import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isHttpsLink } from './https-links.ts'

test('a link leads where it seems to', () => {
  for (const text of [
    'https://example.com',
    'https://example.com/',
    'HTTPS://Example.COM/a?b=c#d',
    'https://example.com?x',
    'https://a.b.example.co.ke/caf%C3%A9',
    'https://example.com/café',
    'https://xn--exmple-cua.com/',
  ])
    assert.ok(isHttpsLink(text), text)
})

test('what leads elsewhere, or nowhere, is no link', () => {
  for (const text of [
    '',
    'example.com',
    '//example.com',
    'http://example.com',
    'javascript:alert(1)',
    'java\nscript:alert(1)',
    'https:example.com',
    'https:/example.com',
    'https:\\\\example.com',
    ' https://example.com',
    'https://example.com ',
    'https://user@example.com',
    'https://user:secret@example.com',
    'https://example.com:8443',
    'https://example.com\\@evil.example',
    'https://localhost',
    'https://127.0.0.1',
    'https://0x7f.1',
    'https://[::1]/',
    'https://2130706433/',
    'https://exаmple.com', // a Cyrillic а
    'https://example。com',
    'https://example.com./',
    'https://exam\tple.com',
    'https://example.com/\u202egnp.exe',
    'https://example.com/"onload="x',
    'https://example.com/<script>',
  ])
    assert.ok(!isHttpsLink(text), text)
})

test('a link to a network leads to that network or below', () => {
  const hosts = ['twitter.com', 'x.com']
  for (const text of ['https://x.com/a', 'https://mobile.twitter.com/a'])
    assert.ok(isHttpsLink(text, hosts), text)
  for (const text of ['https://netflix.com/a', 'https://x.com.evil.example/a', 'https://evil.example/x.com'])
    assert.ok(!isHttpsLink(text, hosts), text)
})
