import type { Cookies } from '@sveltejs/kit'

/** The API's session cookie has a prefix over https. */
const NAMES = ['__Host-bcn_session', 'bcn_session']

export function hasSession(cookies: Cookies): boolean {
  return NAMES.some((name) => Boolean(cookies.get(name)))
}

/** Whether a Set-Cookie line is about the session. */
export function isSessionCookie(line: string): boolean {
  return NAMES.some((name) => line.startsWith(`${name}=`))
}
