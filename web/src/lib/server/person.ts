import { type RequestEvent, redirect } from '@sveltejs/kit'
import type { Reply } from '#lib/api/types.ts'
import { localized, splitLocale } from '#lib/i18n/locale.ts'
import { need } from './answers.ts'

export type Person = Reply<'/api/v1/people/{person}'>

/** Who the address names. One who has changed their username is found at the present one. */
export async function personNamed({
  locals,
  params,
  url,
}: Pick<RequestEvent, 'locals' | 'url'> & { readonly params: { readonly person: string } }): Promise<Person> {
  const { person } = params
  const answer = await locals.api.GET('/api/v1/people/{person}', { params: { path: { person } } })
  const moved = answer.response.status === 301 ? answer.response.headers.get('location') : null
  if (moved !== null) {
    const present = moved.split('/').at(-1) ?? ''
    // However the address is written: %6Fld is old.
    const { path } = splitLocale(url.pathname)
    throw redirect(308, localized(locals.locale, path.replace(/^\/people\/[^/]+/, `/people/${present}`)))
  }
  return need(Promise.resolve(answer))
}
