import { type Static, Type } from 'typebox'
import { Closed, Nullable, Patch, Uuid } from '../../../platform/http/index.ts'
import { FullName, Username } from './accounts.ts'

export const NamesChange = Patch({ full_name: FullName, username: Username })
export type NamesChange = Static<typeof NamesChange>

export const AccountNames = Closed({
  user_id: Uuid,
  full_name: Type.String(),
  username: Nullable(Type.String()),
})
