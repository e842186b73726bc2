import type { Actor, Permissions } from '../../platform/actor.ts'

const STAFF = ['admin', 'super_admin']
const SUPER = ['super_admin']

/**
 * Which role may do what, all of it: a route names a permission, the guard asks this table. What a person may do with
 * rows (their own, those of their partner) is row security's to decide, beside it.
 */
export const PERMISSIONS = {
  'audit.read': STAFF,
  'audit.export': SUPER,
  'metrics.read': STAFF,
  'people.read': STAFF,
  'people.suspend': STAFF,
  'people.manage_staff': SUPER,
  'people.unlock': STAFF,
  'people.impersonate': SUPER,
  'roles.read': STAFF,
  'roles.grant': STAFF,
  'roles.grant_staff': SUPER,
  'sessions.revoke': STAFF,
  'coach_applications.review': STAFF,
  'settings.read': STAFF,
  'settings.change': STAFF,
  'tags.change': STAFF,
  'faqs.change': STAFF,
  'partner_members.change': STAFF,
  'privacy_requests.handle': STAFF,
  'breaches.handle': STAFF,
  'broadcasts.send': STAFF,
  'deliveries.read': STAFF,
  'deliveries.retry': STAFF,
  'templates.read': STAFF,
} satisfies Permissions

/** For what depends on more than the route: granting a role of staff. */
export function may({ roles }: Pick<Actor, 'roles'>, permission: keyof typeof PERMISSIONS): boolean {
  return roles.some((role) => PERMISSIONS[permission].includes(role))
}
