import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertVersion } from './open.ts'

test('PostgreSQL before 15 is refused in one line, 15 and later are taken', () => {
  assert.throws(
    () => assertVersion('DATABASE_OWNER_URL', 140_012),
    /^OperatorError: DATABASE_OWNER_URL leads to PostgreSQL 14: expected 15 or newer$/,
  )
  for (const version of [150_000, 180_004]) assertVersion('DATABASE_OWNER_URL', version)
})
