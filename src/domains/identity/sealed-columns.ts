import type { SealedColumn } from '../../platform/crypto/sealed-columns.ts'
import { contextOf, PHONE_INDEX } from './phones.ts'
import { totpContext } from './second-factor.ts'

const phone = (table: string): SealedColumn => ({
  table,
  key: 'user_id',
  column: 'phone_cipher',
  form: 'bytes',
  place: 'user_id',
  context: contextOf,
  index: { kind: PHONE_INDEX, column: 'phone_index', next: 'phone_index_next' },
})

/** What of accounts is sealed: numbers, proven or not, and the secrets of authenticator apps. */
export const sealedOfAccounts: readonly SealedColumn[] = [
  phone('users'),
  phone('phone_verifications'),
  {
    table: 'users',
    key: 'user_id',
    column: 'two_factor_secret',
    form: 'text',
    place: 'user_id',
    context: totpContext,
  },
]
