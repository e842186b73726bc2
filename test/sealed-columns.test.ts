import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { SEALED_COLUMNS } from '../src/ops/sealed-columns.ts'

type Entry = { readonly columns: Readonly<Record<string, string>> }

const file = join(import.meta.dirname, '../db/classification.json')
const classification: Readonly<Record<string, Entry>> = JSON.parse(readFileSync(file, 'utf8'))
const secrets = Object.entries(classification).flatMap(([table, { columns }]) =>
  Object.entries(columns)
    .filter(([, words]) => words.startsWith('secret'))
    .map(([column]) => `${table}.${column}`),
)

/** Secret, and nothing that a key of the ring opens: hashes, random keys that are written nowhere else, what a person's own key seals. */
const NOT_SEALED: readonly RegExp[] = [
  /_hash$/,
  /^auth_tokens\.data$/,
  /^audit_logs\.origin_cipher$/, // by a key of audit_keys, which is in the list
  /^analytics\.person_keys\.person_key$/,
  /^outgoing_messages\.recipient_index(_next)?$/, // counts for a day, whichever key made it
]

test('every secret column is a hash, or stands in the list of what a rotation of keys seals or indexes anew', () => {
  const listed = SEALED_COLUMNS.flatMap(({ table, column, index }) =>
    [column, ...(index ? [index.column, index.next] : [])].map((name) => `${table}.${name}`),
  )
  const unknown = secrets.filter(
    (name) => !listed.includes(name) && !NOT_SEALED.some((kind) => kind.test(name)),
  )
  assert.deepEqual(unknown, [], 'a sealed column must be in its domain’s sealed columns')
})

test('no column is listed that is not there', () => {
  for (const { table, key, column, place, index } of SEALED_COLUMNS) {
    for (const name of [key, column, place, ...(index ? [index.column, index.next] : [])])
      assert.ok(classification[table]?.columns[name], `${table}.${name}`)
  }
})
