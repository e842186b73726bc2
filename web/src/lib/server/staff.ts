import { error, type RequestEvent } from '@sveltejs/kit'
import { isStaffRole } from '#lib/admin/may.ts'
import type { Me } from '#lib/api/types.ts'
import { signedIn } from './signed-in.ts'

/** Who is signed in and looks after the platform; others get the page that says no. */
export async function staff(event: Pick<RequestEvent, 'locals' | 'url'>): Promise<Me> {
  const me = await signedIn(event)
  if (!me.roles.some(({ role_name }) => isStaffRole(role_name))) {
    throw error(403, { message: 'For staff only.', code: 'auth.forbidden' })
  }
  return me
}
