import type { RequestEvent } from '@sveltejs/kit'
import type { Handle } from '@sveltejs/kit/hooks'
import type { Again } from '#lib/account/asking.ts'
import { wanted } from '#lib/account/asking.ts'
import { localized, splitLocale } from '#lib/i18n/locale.ts'
import { SECRET } from '#lib/typed.ts'

/** A longer form is shown again by its own page, as ever. */
const MOST_BYTES = 64 * 1024
/** Forms that ask who somebody is themselves, end a session and lead there, or concern nobody. */
const APART = /^\/(?:sign-in|sign-out|sign-up|impersonation|preferences)(?:\/|$)/

/**
 * A form that was posted without a session, or without the proof that it needs, is not lost: the page that asks for that
 * carries it, and offers to send it as it was. For browsers without JavaScript; with it, lib/forms.ts asks within the page.
 */
export const resume: Handle = async ({ event, resolve }) => {
  const form = await postedForm(event)
  const response = await resolve(event)
  if (form === null) return response
  const why = await stoppedBy(event, response)
  return why === null ? response : askFirst(event, form, why)
}

async function postedForm({ request, url }: RequestEvent): Promise<FormData | null> {
  const { headers, method } = request
  if (method !== 'POST' || headers.has('x-sveltekit-action')) return null
  if (!/^(?:application\/x-www-form-urlencoded|multipart\/form-data)/.test(headers.get('content-type') ?? ''))
    return null
  if (Number(headers.get('content-length') ?? Number.POSITIVE_INFINITY) > MOST_BYTES) return null
  return APART.test(splitLocale(url.pathname).path) ? null : request.clone().formData()
}

async function stoppedBy({ locals }: RequestEvent, response: Response): Promise<Again | null> {
  const codes = await Promise.all(locals.refusals)
  const [kind = null] = codes.map((code) => wanted({ code })).filter((one) => one !== null)
  const isLedAway = /\/sign-in\?return_to=/.test(response.headers.get('location') ?? '')
  return kind ?? (isLedAway ? 'sign_in' : null)
}

async function askFirst(event: RequestEvent, form: FormData, why: Again): Promise<Response> {
  const kept = [...form.entries()].filter(([name, value]) => typeof value === 'string' && !SECRET.test(name))
  const page = await event.fetch(`${localized(event.locals.locale, '/sign-in/continue')}?/ask`, {
    method: 'POST',
    headers: { accept: 'text/html' },
    body: new URLSearchParams({
      why,
      target: event.url.pathname + event.url.search,
      kept: JSON.stringify(kept),
    }),
  })
  return new Response(page.body, { status: why === 'prove' ? 403 : 401, headers: page.headers })
}

/** The code of a refusal that a form may meet; '' for any other answer. Told by the answers as they come. */
export async function refusalOf(response: Response): Promise<string> {
  if (response.status !== 401 && response.status !== 403) return ''
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null)
  return typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : ''
}
