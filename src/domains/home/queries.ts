import type { Statement } from '../../platform/db/index.ts'

/**
 * P1: a person's own account, profile, settings, roles in force and live membership as JSON text. $1: who asks.
 * read_me (V012) runs with the owner's rights, returns nothing but that person's rows, and keeps its plan: seven
 * look-ups by primary or unique key.
 */
export const ME: Statement = { name: 'me', text: 'SELECT read_me($1)' }
