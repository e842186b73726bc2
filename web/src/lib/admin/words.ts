import { m } from '#lib/paraglide/messages.js'

type Words = Readonly<Record<string, () => string>>

const ROLES: Words = {
  member: m.admin_role_member,
  coach: m.admin_role_coach,
  partner: m.admin_role_partner,
  admin: m.admin_role_admin,
  super_admin: m.admin_role_super_admin,
}
const STATUSES: Words = {
  active: m.admin_status_active,
  suspended: m.admin_status_suspended,
  pending_verification: m.admin_status_pending,
  deleted: m.admin_status_deleted,
}
const GRANTS: Words = {
  scheduled: m.admin_grant_scheduled,
  active: m.admin_grant_active,
  expired: m.admin_grant_expired,
  revoked: m.admin_grant_revoked,
}
const APPLICATIONS: Words = {
  submitted: m.admin_application_submitted,
  approved: m.admin_application_approved,
  rejected: m.admin_application_rejected,
  withdrawn: m.admin_application_withdrawn,
}
const CATEGORIES: Words = {
  skill: m.admin_tags_skill,
  topic: m.admin_tags_topic,
  industry: m.admin_tags_industry,
}

/** In the reader's language; what we have no word for stays as it is. */
const say =
  (words: Words) =>
  (word: string): string =>
    words[word]?.() ?? word

export const roleName = say(ROLES)
export const statusName = say(STATUSES)
export const grantState = say(GRANTS)
export const applicationStatus = say(APPLICATIONS)
export const tagCategory = say(CATEGORIES)

export const ROLE_NAMES = ['member', 'coach', 'partner', 'admin', 'super_admin'] as const
export const STATUS_NAMES = ['active', 'suspended', 'pending_verification', 'deleted'] as const
export const APPLICATION_STATUSES = ['submitted', 'approved', 'rejected', 'withdrawn'] as const

const KINDS: Readonly<Record<string, 'good' | 'warn' | 'bad' | 'accent'>> = {
  active: 'good',
  approved: 'good',
  scheduled: 'accent',
  submitted: 'accent',
  pending_verification: 'warn',
  suspended: 'bad',
  rejected: 'bad',
  revoked: 'bad',
}
export function kindOf(state: string): 'good' | 'warn' | 'bad' | 'accent' | 'plain' {
  return KINDS[state] ?? 'plain'
}

/** One of these, or nothing where an address asks for something else. */
export function oneOf<T extends string>(words: readonly T[], word: string | null): T | undefined {
  return words.find((one) => one === word)
}
