import type { RequestEvent } from '@sveltejs/kit'
import { redirect } from '@sveltejs/kit'
import type { Me } from '#lib/api/types.ts'
import { localized } from '#lib/i18n/locale.ts'

/** Who is signed in. Anybody else is led to the sign-in page, and from there back to the page that they asked for. */
export async function signedIn({ locals, url }: Pick<RequestEvent, 'locals' | 'url'>): Promise<Me> {
  const me = await locals.me()
  if (me) return me
  const back = encodeURIComponent(url.pathname + url.search)
  throw redirect(303, `${localized(locals.locale, '/sign-in')}?return_to=${back}`)
}
