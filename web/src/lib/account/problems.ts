import type { Problem } from '#lib/api/types.ts'
import { m } from '#lib/paraglide/messages.js'
import { sayProblems } from '#lib/problems.ts'

/** What goes wrong with accounts, in words for people. */
export const sayAccount = sayProblems({
  'auth.invalid_credentials': m.account_problem_credentials,
  'auth.too_many_attempts': m.account_problem_attempts,
  'auth.account_inactive': m.account_problem_inactive,
  'auth.account_leaving': m.data_problem_leaving,
  'auth.email_unverified': m.account_problem_unverified,
  'auth.ticket_invalid': m.account_problem_ticket,
  'auth.second_factor_wrong': m.account_problem_code,
  'totp.code_wrong': m.account_problem_code,
  'phone.code_wrong': m.account_problem_code,
  'auth.proof_wrong': m.account_problem_proof,
  'auth.one_of': m.account_problem_proof,
  'auth.password_weak': m.account_problem_weak,
  'auth.username_taken': m.account_problem_username,
  'auth.registration_closed': m.account_problem_closed,
  'legal.acceptance_required': m.account_problem_accept,
  'legal.version_outdated': m.account_problem_outdated,
  'auth.passkey_refused': m.account_passkey_failed,
  'auth.provider_refused': m.account_problem_provider,
  'auth.provider_unavailable': m.account_problem_provider,
  'auth.authorization_invalid': m.account_problem_provider,
  'auth.provider_email_unverified': m.account_problem_provider_email,
  'identities.taken': m.account_problem_taken,
  'auth.email_same': m.account_problem_same_email,
  'auth.email_taken': m.account_problem_email_taken,
  'auth.link_invalid': m.account_link_gone,
  'auth.busy': m.account_problem_busy,
  'auth.step_up_required': m.account_problem_step_up,
  'factors.last_way_in': m.account_problem_last_way,
  'notifications.too_many_clicks': m.problem_too_many,
})

const FIELDS: Readonly<Record<string, () => string>> = {
  email: m.account_field_email,
  full_name: m.account_field_name,
  username: m.account_field_username,
  password: m.account_field_password,
  new_password: m.account_field_password,
  code: m.account_field_code,
}
/** Faults that are the account's, not the field's form. */
const OWN = /^(?:auth|legal|account)\./

/** What is wrong with one field, in the reader's language. */
export function wrong(problem: Problem | null | undefined, name: string): string | null {
  const found = problem?.errors.find(
    ({ pointer }) => pointer === `/${name}` || pointer.startsWith(`/${name}/`),
  )
  if (!problem || !found) return null
  const code = OWN.test(found.code) ? found.code : problem.code
  if (OWN.test(code)) return sayAccount({ ...problem, code })
  return (FIELDS[name] ?? m.account_field_wrong)()
}
