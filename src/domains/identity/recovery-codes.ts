import { createHash, randomBytes } from 'node:crypto'
import type { Db } from '../../platform/db/index.ts'
import { replaceRecoveryCodes, useRecoveryCode } from './queries/factors.ts'

const HOW_MANY = 10
/** Crockford's base32: nothing in it is taken for something else when copied from paper. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LENGTH = 24

/** New codes in the place of the old ones, told once. 120 random bits each, so a plain hash keeps them (ASVS 5 6.5.2). */
export async function renewRecoveryCodes(tx: Db, userId: string): Promise<string[]> {
  const codes = Array.from({ length: HOW_MANY }, newCode)
  await replaceRecoveryCodes(tx, userId, codes.map(hashOf))
  return codes
}

/** True once for a code of this person, however it is written. */
export function spendRecoveryCode(tx: Db, userId: string, code: string): Promise<boolean> {
  return useRecoveryCode(tx, userId, hashOf(code))
}

/** XXXX-XXXX-XXXX-XXXX-XXXX-XXXX. */
function newCode(): string {
  const letters = Array.from(randomBytes(LENGTH), (byte) => LETTERS[byte % LETTERS.length])
  return letters.join('').replace(/(.{4})(?=.)/g, '$1-')
}

function hashOf(code: string): Buffer {
  const plain = code.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1')
  return createHash('sha256').update(plain).digest()
}
