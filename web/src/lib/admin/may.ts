import type { Viewer } from '#lib/api/types.ts'

const STAFF: readonly string[] = ['admin', 'super_admin']

/** A role that looks after the platform. Who has one is for super admins to change. */
export function isStaffRole(role: string): boolean {
  return STAFF.includes(role)
}

/** Super admins act as others and look after the staff; the rest of the administration is open to all staff. */
export function isSuper(me: Viewer | null): boolean {
  return me?.roles.includes('super_admin') ?? false
}

/** Whether this person's account and roles may be changed: not one's own, and of staff only by super admins. */
export function mayChange(
  me: Viewer | null,
  person: { readonly user_id: string; readonly roles: readonly { readonly role: string }[] },
): boolean {
  const ofStaff = person.roles.some(({ role }) => isStaffRole(role))
  return me !== null && me.id !== person.user_id && (!ofStaff || isSuper(me))
}
