import assert from 'node:assert/strict'
import { test } from 'node:test'
import { csvLine } from './csv.ts'

test('values are quoted where they must be, and none is a formula', () => {
  assert.equal(csvLine(['a', 1, null, undefined, true]), 'a,1,,,true\r\n')
  assert.equal(csvLine(['a,b', 'say "x"', 'two\nlines']), '"a,b","say ""x""","two\nlines"\r\n')
  assert.equal(csvLine([{ status: 'x' }, ['a']]), '"{""status"":""x""}","[""a""]"\r\n')
  for (const formula of ['=1+1', '+1', '-1', '@SUM(A1)', '\tx'])
    assert.equal(csvLine([formula]), `'${formula}\r\n`)
})
