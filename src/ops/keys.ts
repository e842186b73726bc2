import { createFieldCipher, type FieldCipher } from '../platform/crypto/fields.ts'
import { keyRingOf } from '../platform/crypto/key-ring.ts'
import { type ColumnState, foreignKeys, keyState, type Rotated, rotate } from '../platform/crypto/rotation.ts'
import type { SealedColumn } from '../platform/crypto/sealed-columns.ts'
import { secretKeyOf } from '../platform/crypto/secret-key.ts'
import type { Database } from '../platform/db/index.ts'
import { OperatorError } from '../platform/errors.ts'
import { asOwner } from './as-owner.ts'
import type { OpsCommand, OpsContext } from './index.ts'
import { showProgress } from './progress.ts'
import { SEALED_COLUMNS } from './sealed-columns.ts'

const SHOWN = 20

export const keysCommand: OpsCommand = {
  summary: 'status: which key sealed how many values; rotate: seal and index all anew with the keys in force',
  words: ['status', 'rotate'],
  run: (context) =>
    asOwner(context, async (database) => {
      const { config } = context
      const [what = 'status', ...more] = context.args
      if (more.length > 0) throw new OperatorError('expected one of status, rotate')
      const fields = createFieldCipher(keyRingOf({ ...config, secretKey: secretKeyOf(config) }))
      if (what === 'rotate' && context.yes) tellRotated(await rotateAll(database, fields), context)
      const states = await keyState(database.anonymous, SEALED_COLUMNS)
      await tellState(states, fields, context)
      if (what === 'status') assertOurs(await foreignKeys(database.anonymous, states, fields))
      if (what === 'rotate' && !context.yes) context.print('nothing was changed, add --yes')
    }),
}

async function rotateAll(database: Database, fields: FieldCipher): Promise<Rotated> {
  const states = await keyState(database.anonymous, SEALED_COLUMNS)
  const work = states.reduce((sum, { column, keys }) => sum + countOf(keys, column, fields), 0)
  const progress = showProgress({ work, unit: 'values' })
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  process.once('SIGINT', stop).once('SIGTERM', stop)
  let phase: string | undefined
  try {
    return await rotate(database, {
      columns: SEALED_COLUMNS,
      fields,
      signal: stopping.signal,
      onBatch({ table }, looked, renewed) {
        if (table !== phase) progress.phase(table)
        phase = table
        progress.advance(looked, renewed)
      },
    })
  } finally {
    progress.end()
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }
}

/** A row that was damaged is named by a rotation; where none opens, the key is wrong. */
function assertOurs(foreign: Awaited<ReturnType<typeof foreignKeys>>): void {
  if (foreign.length === 0) return
  const named = foreign.map(({ column, key }) => `key ${key} in ${nameOf(column)}`).join(', ')
  const keys = foreign.some(({ key }) => key === 0) ? 'SECRET_KEY' : 'FIELD_KEYS'
  throw new OperatorError(`what was sealed does not open, ${keys} holds another key than then: ${named}`)
}

/** How many a rotation has to look at. */
function countOf(keys: ColumnState['keys'], { index }: SealedColumn, { keyIds }: FieldCipher): number {
  const looked = index ? keys : keys.filter(({ key }) => key !== keyIds[0])
  return looked.reduce((sum, { count }) => sum + count, 0)
}

function tellRotated({ renewed, unopenable }: Rotated, { print }: OpsContext): void {
  print(`sealed or indexed anew: ${renewed}`)
  for (const { column, key } of unopenable.slice(0, SHOWN))
    print(`  ${nameOf(column)} of ${key} does not open`)
  if (unopenable.length > SHOWN) print(`  … and ${unopenable.length - SHOWN} more`)
  if (unopenable.length > 0)
    throw new OperatorError(`${unopenable.length} values do not open: left as they are`)
}

/** Fails when something is sealed by a key that is not on the ring: it is lost until the key is back. */
async function tellState(
  states: readonly ColumnState[],
  { keyIds }: FieldCipher,
  { print }: OpsContext,
): Promise<void> {
  const byKey = new Map<number, number>(keyIds.map((id) => [id, 0]))
  for (const { column, keys } of states) {
    print(
      `  ${nameOf(column)}: ${keys.map(({ key, count }) => `${count} by key ${key}`).join(', ') || 'none'}`,
    )
    for (const { key, count } of keys) byKey.set(key, (byKey.get(key) ?? 0) + count)
  }
  const [current] = keyIds
  for (const [id, count] of byKey) {
    if (id === current) print(`key ${id} seals; ${count} values`)
    else if (!keyIds.includes(id))
      print(`key ${id} is not on the ring; ${count} values do not open without it`)
    else if (id !== 0)
      print(`key ${id} ${count === 0 ? 'is needed by nothing' : `still opens ${count} values`}`)
    else if (count > 0) print(`key 0, made from SECRET_KEY, still opens ${count} values`)
  }
  const lost = [...byKey].filter(([id, count]) => count > 0 && !keyIds.includes(id))
  if (lost.length > 0)
    throw new OperatorError(`FIELD_KEYS lacks ${lost.map(([id]) => `key ${id}`).join(', ')}`)
}

function nameOf({ table, column }: SealedColumn): string {
  return `${table}.${column}`
}
