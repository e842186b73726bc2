import { readFileSync, writeFileSync } from 'node:fs'
import { type Needles, needlesOf } from '../../domains/privacy/index.ts'
import { audit } from '../../platform/audit/index.ts'
import { createFieldCipher } from '../../platform/crypto/fields.ts'
import { keyRingOf } from '../../platform/crypto/key-ring.ts'
import { secretKeyOf } from '../../platform/crypto/secret-key.ts'
import type { Database } from '../../platform/db/index.ts'
import { OperatorError } from '../../platform/errors.ts'
import { asOwner } from '../as-owner.ts'
import type { OpsContext } from '../index.ts'
import { optionsOf } from './words.ts'

const USAGE = 'npm run ops -- privacy needles --person amina --file needles.json'

export const needlesAction = {
  summary: 'write what tells of somebody into a file, before they are erased',
  async run(context: OpsContext): Promise<void> {
    const { person, file } = optionsOf(context.args, ['person', 'file'], USAGE)
    if (!person[0] || !file[0]) throw new OperatorError(`something is missing: expected ${USAGE}`)
    const path = file[0]
    await asOwner(context, async (database) => {
      const taken = await takeNeedles(context, database, person[0]!)
      await recordTaking(database, taken.user_id)
      write(path, taken)
      context.print(
        `${taken.needles.length} needles of ${taken.user_id} in ${path}; delete it after the scan`,
      )
      for (const { what } of taken.needles) context.print(`  ${what}`)
    })
  },
}

/** Whoever has the machine reads as much without us; who uses the command leaves a trace, before there is a file. */
function recordTaking(database: Database, userId: string): Promise<void> {
  return database.transaction(null, (tx) =>
    audit(tx, {
      actor: null,
      action: 'privacy.needles_taken',
      entityType: 'user',
      entityId: userId,
      retentionClass: 'security',
      severity: 'warning',
    }),
  )
}

/** It holds what the erasure removes: for its owner's eyes, and to be deleted after the scan. */
function write(path: string, taken: Needles): void {
  try {
    writeFileSync(path, `${JSON.stringify(taken, null, 2)}\n`, { mode: 0o600 })
  } catch (error) {
    throw new OperatorError(`${path} cannot be written: ${codeOf(error)}`)
  }
}

/** What a scan is given: a file that `needlesAction` wrote, with something to look for in it. */
export function readNeedles(path: string): Needles {
  const read = parsed(path)
  if (!isNeedles(read))
    throw new OperatorError(`${path} is no file of needles: expected what privacy needles wrote`)
  if (read.needles.length === 0) throw new OperatorError(`${path} holds no needles: nothing would be proven`)
  return read
}

function parsed(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    // The message of a parser quotes what it read.
    if (error instanceof SyntaxError) throw new OperatorError(`${path} is no JSON`)
    throw new OperatorError(`${path} cannot be read: ${codeOf(error)}`)
  }
}

function isNeedles(read: unknown): read is Needles {
  if (!isRecord(read) || typeof read.user_id !== 'string' || !Array.isArray(read.needles)) return false
  return read.needles.every(
    (needle) => isRecord(needle) && typeof needle.what === 'string' && isText(needle.text),
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** A blank would be found in every row. */
function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== ''
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}

export async function takeNeedles(
  { config }: OpsContext,
  database: Database,
  login: string,
): Promise<Needles> {
  const fields = createFieldCipher(keyRingOf({ ...config, secretKey: secretKeyOf(config) }))
  const taken = await needlesOf(database, fields, login)
  if (!taken)
    throw new OperatorError(`nobody is called ${JSON.stringify(login)}: expected an id, address or username`)
  return taken
}
