import { isStrong, type Strength, strengthOf } from '../../platform/crypto/password-strength.ts'
import { AppError } from '../../platform/errors.ts'

const PLATFORM = 'Brand Coach Network'

export type RatedPassword = Strength & { readonly strong: boolean }

/** How hard a password is to guess for who knows this of its owner: e-mail, name, username. */
export async function ratePassword(
  password: string,
  hints: readonly (string | null)[],
): Promise<RatedPassword> {
  const known = hints.filter((hint) => hint !== null)
  const strength = await strengthOf(password, [...known, PLATFORM])
  return { ...strength, strong: isStrong(strength) }
}

/** 400 `auth.password_weak` at the field, with what is weak in it as the entry's code. */
export async function assertStrong(
  password: string,
  hints: readonly (string | null)[],
  pointer: string,
): Promise<void> {
  const { strong, warning, suggestions } = await ratePassword(password, hints)
  if (strong) return
  const detail = 'This password is too easy to guess.'
  const says =
    suggestions.length > 0 ? `${detail} Try: ${suggestions.join(', ').replaceAll('_', ' ')}.` : detail
  const fault = { pointer, code: warning ?? 'too_easy', detail: says }
  throw new AppError(400, 'auth.password_weak', detail, { errors: [fault] })
}
