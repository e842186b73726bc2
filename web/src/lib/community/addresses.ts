import { href } from '#lib/i18n/index.ts'

type Named = { readonly username: string | null; readonly user_id: string }

/** Everybody has an id, not everybody a username. */
export function personPath(person: Named): string {
  return href(`/people/${person.username ?? person.user_id}`)
}

export function postPath(postId: string): string {
  return href(`/community/${postId}`)
}

/** Signing in, and back to this page. */
export function signInFor({ pathname, search }: Pick<URL, 'pathname' | 'search'>): string {
  return `${href('/sign-in')}?return_to=${encodeURIComponent(pathname + search)}`
}
