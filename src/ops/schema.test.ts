import assert from 'node:assert/strict'
import { test } from 'node:test'
import pino from 'pino'
import { staleFiles } from './schema.ts'

test('structure.sql and the types are what the migrations make', async () => {
  const stale = await staleFiles(pino({ level: 'silent' }))
  assert.deepEqual(
    stale.map(({ file }) => file),
    [],
    'run npm run ops -- schema',
  )
})
