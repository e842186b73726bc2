import { Check } from 'typebox/value'
import { LANGUAGES, type Language } from '../../platform/languages.ts'
import type { Identity } from './oidc-client.ts'
import { Email, FullName } from './schemas/accounts.ts'

/** What a new account begins with. */
export type Newcomer = { readonly email: string; readonly full_name: string; readonly language: Language }

/**
 * What a provider tells of somebody, as far as it may stand in an account; undefined unless it says that it has verified an
 * address that could be one here. An address of which it does not say so may be anybody's.
 */
export function newcomerOf({ email, emailVerified, name, locale }: Identity): Newcomer | undefined {
  if (email === null || !emailVerified || !Check(Email, email)) return undefined
  const said = name?.trim().slice(0, 200) ?? ''
  const [before = ''] = email.split('@')
  const tag = locale?.slice(0, 2).toLowerCase()
  return {
    email: email.toLowerCase(),
    full_name: [said, before].find((text) => Check(FullName, text)) ?? 'Member',
    language: LANGUAGES.find((language) => language === tag) ?? 'en',
  }
}
