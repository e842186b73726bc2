import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { from as copyFrom } from 'pg-copy-streams'
import { createTestDatabase } from '../../testing/database.ts'
import { CopyRows, idKind, idText } from './copy-rows.ts'

const moment = Date.UTC(2026, 1, 3, 4, 5, 6, 789)

test('the server reads every kind of value as it was meant', async () => {
  const database = await createTestDatabase()
  const owner = await database.owner.connect()
  await owner.query(`CREATE TABLE copied (
    id uuid, amount numeric(10,2), rate numeric(18,9), at timestamptz, day date, clock time, words text, list jsonb, whole int, yes boolean)`)
  const kind = idKind(7, 'row')
  const rows = new CopyRows()
  const amounts = [0, 1, 99, 100, 10_050, 999_999, 1_000_000, 9_999_999_999]
  for (const [index, amount] of amounts.entries()) {
    rows.row(10)
    rows.id(kind, index, moment)
    rows.decimal(amount)
    rows.decimal(amount, 9)
    rows.time(moment)
    rows.day(moment)
    rows.clock(17)
    rows.text('Bouaké • ’')
    rows.jsonb(['é', { a: 1 }])
    rows.int(-5)
    rows.null()
  }
  rows.end()
  const stream = owner.query(copyFrom('COPY copied FROM STDIN (FORMAT binary)'))
  stream.end(rows.take())
  await once(stream, 'finish')

  const { rows: read } = await owner.query(
    'SELECT amount, rate, at, day, clock, words, list, whole, yes, id, uuid_v7_time(id) = at AS timed FROM copied ORDER BY amount',
  )
  owner.release()
  assert.deepEqual(
    read.map(({ amount }) => amount),
    ['0.00', '0.01', '0.99', '1.00', '100.50', '9999.99', '10000.00', '99999999.99'],
  )
  assert.deepEqual(
    read.map(({ rate }) => rate),
    amounts.map((amount) => (amount / 1e9).toFixed(9)),
  )
  const { id, amount, rate, ...first } = read[0]
  assert.deepEqual(first, {
    at: '2026-02-03 04:05:06.789+00',
    day: '2026-02-03',
    clock: '17:00:00',
    words: 'Bouaké • ’',
    list: '["é", {"a": 1}]',
    whole: '-5',
    yes: null,
    timed: 't',
  })
  assert.deepEqual([id, amount, rate], [idText(kind, 0, moment), '0.00', '0.000000000'])
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  await database.close()
})
