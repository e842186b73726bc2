/** Who acts. Always an argument, never ambient; `null` in its place means anonymous. */
export type Actor = {
  readonly userId: string
  readonly roles: readonly string[]
  readonly sessionId: string
}

/** The roles that look after the platform; in SQL `actor_is_staff()`. */
export const STAFF_ROLES: readonly string[] = ['admin', 'super_admin']

export function isStaff({ roles }: Actor): boolean {
  return roles.some((role) => STAFF_ROLES.includes(role))
}
