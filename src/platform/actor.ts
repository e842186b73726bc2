/** Who acts. Always an argument, never ambient; `null` in its place means anonymous. */
export type Actor = {
  readonly userId: string
  /** In force at this second. */
  readonly roles: readonly string[]
  readonly sessionId: string
  /** When this session's holder last proved who they are (sign-in, step-up), in ms since the epoch; 0: never. */
  readonly provenAt: number
  /** The super admin who really acts, while this session speaks for somebody else; every audit row names them. */
  readonly impersonatorId: string | null
}

/** Someone on their own rows before there is a session: who signs up, or has just proven who they are. */
export function asSelf(userId: string): Actor {
  return { userId, roles: [], sessionId: '', provenAt: 0, impersonatorId: null }
}

/** The roles that look after the platform; in SQL `actor_is_staff()`. */
export const STAFF_ROLES: readonly string[] = ['admin', 'super_admin']

export function isStaff({ roles }: Actor): boolean {
  return roles.some((role) => STAFF_ROLES.includes(role))
}

/** Which roles have which permission: one table, in identity; routes name a permission and the guard asks. */
export type Permissions = Readonly<Record<string, readonly string[]>>
