import pg from 'pg'
import { conflict } from '../../platform/errors.ts'

/**
 * Awaits a transaction that may take a super admin away. The database counts, under a lock, when it commits: 409
 * `role.last_super_admin` where none would remain.
 */
export async function keepASuperAdmin<T>(transaction: Promise<T>): Promise<T> {
  try {
    return await transaction
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.constraint !== 'a_super_admin_remains') throw error
    throw conflict(
      'role.last_super_admin',
      'An active super admin whose role does not end must remain; name another one first.',
    )
  }
}
