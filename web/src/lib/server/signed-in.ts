import type { RequestEvent } from '@sveltejs/kit'
import { redirect } from '@sveltejs/kit'
import type { Me } from '#lib/api/types.ts'
import { localized, splitLocale } from '#lib/i18n/locale.ts'

/** Whoever does not accept the terms still says so, reads, takes their data along and leaves. */
const WITHOUT_TERMS = ['/settings/consents', '/settings/data', '/settings/requests']

/**
 * Who is signed in. Anybody else is led to the sign-in page, and whoever has not accepted the terms in force to their
 * consents (R9); from there back to the page that they asked for.
 */
export async function signedIn({ locals, url }: Pick<RequestEvent, 'locals' | 'url'>): Promise<Me> {
  const me = await locals.me()
  const back = encodeURIComponent(url.pathname + url.search)
  if (!me) throw redirect(303, `${localized(locals.locale, '/sign-in')}?return_to=${back}`)
  if (me.must_accept.length > 0 && !WITHOUT_TERMS.includes(splitLocale(url.pathname).path)) {
    throw redirect(303, `${localized(locals.locale, '/settings/consents')}?return_to=${back}`)
  }
  return me
}
