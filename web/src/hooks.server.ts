import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { redirect } from '@sveltejs/kit'
import type { Handle, HandleServerError } from '@sveltejs/kit/hooks'
import { sequence } from '@sveltejs/kit/hooks'
import type { Api } from '#lib/api/client.ts'
import type { Me } from '#lib/api/types.ts'
import { type Locale, localized, preferred, splitLocale } from '#lib/i18n/locale.ts'
import { overwriteGetLocale } from '#lib/paraglide/runtime.js'
import { need } from '#lib/server/answers.ts'
import { apiFor } from '#lib/server/api.ts'
import { hasSession, isSessionCookie } from '#lib/server/cookies.ts'
import { pageHeaders } from '#lib/server/headers.ts'
import { LANGUAGE_COOKIE, preferences } from '#lib/server/preferences.ts'
import { refusalOf, resume } from '#lib/server/resume.ts'
import { withStart } from '#lib/server/start.ts'

/** Where mails are looked at. */
const FRAMING = /^\/admin\/notifications\/templates\/[^/]+$/

const language = new AsyncLocalStorage<Locale>()
overwriteGetLocale(() => language.getStore() ?? 'en')

/** Pictures that are shared, and what search engines read: the same in every language, and kept by caches. */
const IN_NO_LANGUAGE = /^\/(?:og\/|robots\.txt$|sitemap)/

/** The language stands in the address. Who has chosen one, or whose browser asks for one, is led there from the root. */
const speak: Handle = ({ event, resolve }) => {
  const { locale, path } = splitLocale(event.url.pathname)
  const isPage =
    event.request.method === 'GET' &&
    !event.isDataRequest &&
    !IN_NO_LANGUAGE.test(path) &&
    event.request.headers.get('accept')?.includes('text/html') === true
  if (locale === 'en' && isPage) {
    const wanted =
      preferences(event.cookies).locale ?? preferred(event.request.headers.get('accept-language')) ?? 'en'
    if (wanted !== 'en') throw redirect(307, localized(wanted, path) + event.url.search)
  }
  if (locale !== 'en' && event.cookies.get(LANGUAGE_COOKIE) === undefined && isPage) {
    event.cookies.set(LANGUAGE_COOKIE, locale, { maxAge: 31_536_000, sameSite: 'lax', httpOnly: true })
  }
  event.locals.locale = locale
  return language.run(locale, () => resolve(event))
}

/** What they show is in the browser: they cannot wait for the first touch. */
const NEEDS_SCRIPTS = new Set(['/offline'])

/** Who asks, how they like it, and the API as they would ask it. */
const introduce: Handle = async ({ event, resolve }) => {
  const { locals, url, request, platform } = event
  const web = platform?.req.web
  const passedOn: [name: string, value: string][] = []
  const { theme, zone } = preferences(event.cookies)
  locals.origin = web?.origin ?? url.origin
  locals.theme = theme
  locals.zone = zone
  locals.saveData = request.headers.get('save-data') === 'on'
  locals.hasSession = hasSession(event.cookies)
  locals.impersonated = false
  locals.refusals = []
  let asked: Promise<Me | null> | undefined
  locals.api = apiFor({
    transport: web?.api ?? fetch,
    baseUrl: process.env.API_URL ?? url.origin,
    origin: process.env.API_URL ? new URL(process.env.API_URL).origin : url.origin,
    address: event.getClientAddress(),
    headers: request.headers,
    onAnswer: (response, { method }) => {
      const { headers } = response
      if (headers.has('impersonated-by')) locals.impersonated = true
      if (method !== 'GET') locals.refusals.push(refusalOf(response))
      for (const line of headers.getSetCookie()) {
        passedOn.push(['set-cookie', line])
        if (!isSessionCookie(line)) continue
        // Somebody came in, went out, or got a new token: what was known of them before is old.
        locals.hasSession = !/^[^=]+=;/.test(line)
        asked = undefined
      }
      const clears = headers.get('clear-site-data')
      if (clears !== null) passedOn.push(['clear-site-data', clears])
    },
  })
  locals.me = () => (asked ??= locals.hasSession ? whoAmI(locals.api) : Promise.resolve(null))
  const response = await resolve(event, {
    transformPageChunk: ({ html }) =>
      withStart(html, !locals.hasSession && !NEEDS_SCRIPTS.has(event.route.id ?? ''))
        .replace('%lang%', locals.locale)
        .replace('%theme%', locals.theme),
    filterSerializedResponseHeaders: (name) => name === 'content-type',
  })
  // As the API wrote them: names, prefixes and ages are its own.
  for (const [name, value] of passedOn) response.headers.append(name, value)
  pageHeaders(response, {
    secure: url.protocol === 'https:',
    private: locals.hasSession,
    uploadOrigin: web?.uploadOrigin ?? null,
    frames: FRAMING.test(splitLocale(url.pathname).path),
  })
  return response
}

/** Nobody, when the session has ended. An API that is down is not that: nobody is shown as signed out for it. */
async function whoAmI(api: Api): Promise<Me | null> {
  const answer = await api.GET('/api/v1/me')
  return answer.response.status === 401 ? null : need(Promise.resolve(answer))
}

export const handle = sequence(speak, introduce, resume)

/** What went wrong is for the log; the page shows a number to quote. Refusals of the API are logged there. */
export const handleError: HandleServerError = ({ kind, error, event }) => {
  if (kind !== 'unknown') return {}
  const requestId = randomUUID()
  const reason = error instanceof Error ? error.stack : String(error)
  process.stderr.write(`${JSON.stringify({ level: 'error', requestId, route: event.route.id, reason })}\n`)
  return { requestId }
}
