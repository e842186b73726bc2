import type { Viewer } from '#lib/api/types.ts'
import { splitLocale } from '#lib/i18n/locale.ts'
import { m } from '#lib/paraglide/messages.js'
import type { IconName } from '#lib/ui/Icon.svelte'

export type Place = { readonly path: string; readonly label: () => string; readonly icon: IconName }

export const PLACES: readonly Place[] = [
  { path: '/programs', label: m.nav_programs, icon: 'learn' },
  { path: '/coaches', label: m.nav_coaches, icon: 'people' },
  { path: '/community', label: m.nav_community, icon: 'talk' },
  { path: '/events', label: m.nav_events, icon: 'calendar' },
]

const HOME: Place = { path: '/', label: m.nav_home, icon: 'home' }
const DASHBOARD: Place = { path: '/dashboard', label: m.nav_dashboard, icon: 'home' }
const SIGN_IN: Place = { path: '/sign-in', label: m.nav_sign_in, icon: 'me' }
const ME: Place = { path: '/me', label: m.nav_me, icon: 'me' }

/** Five at most: what a thumb reaches. */
export function tabsOf(me: Viewer | null): readonly Place[] {
  const [programs, coaches, community] = PLACES as [Place, Place, Place]
  return [me ? DASHBOARD : HOME, programs, community, coaches, me ? ME : SIGN_IN]
}

const STAFF = ['admin', 'super_admin']

export function isStaff(me: Viewer | null): boolean {
  return me?.roles.some((role) => STAFF.includes(role)) ?? false
}

/** Whether a place is the page, or above it. */
export function isHere(place: string, pathname: string): boolean {
  const { path } = splitLocale(pathname)
  return place === '/' ? path === '/' : path === place || path.startsWith(`${place}/`)
}
