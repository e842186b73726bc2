import { buffer } from 'node:stream/consumers'
import type { Storage } from '../storage/index.ts'
import type { Seal } from './seal-head.ts'
import type { AuditMonth } from './seal-rows.ts'

/** A seal's copy outside the database, as its name tells: enough to see that it is the same. */
export type Copy = { readonly key: string; readonly number: number; readonly headStart: string }

const HEAD_START = 32
const TYPE = 'application/json'

/**
 * Keeps a seal where whoever rules the database does not: one object a seal, whose name holds its number and head, so
 * that another one is never written over it. Safe to repeat: the same seal is the same object.
 */
export async function keepCopy(storage: Storage, seal: Seal): Promise<void> {
  const { log_ids, previous, head } = seal
  const text = JSON.stringify({
    ...seal,
    log_ids: log_ids.toString('base64'),
    previous: previous.toString('base64'),
    head: head.toString('base64'),
  })
  await storage.put(keyOf(seal), Buffer.from(text), TYPE)
}

/** Those of one class and month, in the order of their numbers. */
export async function* copiesOf(storage: Storage, month: AuditMonth): AsyncIterable<Copy> {
  for await (const key of storage.list(folderOf(month))) {
    const [, number, headStart] = /(\d+)-([0-9a-f]+)\.json$/.exec(key) ?? []
    if (number !== undefined && headStart !== undefined) yield { key, number: Number(number), headStart }
  }
}

/** What the copy says; null where it is no seal. */
export async function readCopy(storage: Storage, { key }: Copy): Promise<Seal | null> {
  const file = await storage.get(key)
  if (!file) return null
  try {
    const held = JSON.parse((await buffer(file.body)).toString())
    const bytes = (text: string) => Buffer.from(text, 'base64')
    return { ...held, log_ids: bytes(held.log_ids), previous: bytes(held.previous), head: bytes(held.head) }
  } catch {
    return null
  }
}

export function isCopyOf({ number, headStart }: Copy, seal: Seal): boolean {
  return number === seal.number && headStart === startOf(seal)
}

function keyOf(seal: Seal): string {
  return `${folderOf(seal)}${String(seal.number).padStart(8, '0')}-${startOf(seal)}.json`
}

function folderOf({ retention_class, month }: AuditMonth): string {
  return `audit-seals/${retention_class}/${month.slice(0, 7)}/`
}

function startOf({ head }: Seal): string {
  return head.toString('hex').slice(2, 2 + HEAD_START)
}
