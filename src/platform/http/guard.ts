import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import type { Actor } from '../actor.ts'
import type { Config } from '../config.ts'
import { AppError, badRequest, forbidden, unauthenticated } from '../errors.ts'
import type { Access, Authenticate } from './access.ts'
import { assertClosed } from './closed-schemas.ts'
import { isSameOrigin } from './same-origin.ts'
import { tokenFromCookies } from './session-cookie.ts'
import { isCleanUrl } from './text.ts'

const LONGEST_URL = 8192
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

type Options = { readonly config: Config; readonly authenticate: Authenticate }

/**
 * Gives every route the guard that its `config.access` asks for, built once at registration. A route without a rule,
 * or with a request schema that lets unknown fields pass, stops the start: forgetting must not mean public.
 */
export function guardRoutes(app: FastifyInstance, options: Options): void {
  app.decorateRequest('actor', null)
  app.addHook('onRoute', (route) => {
    if (isOfPlugin(route)) return
    const access = route.config?.access
    if (access === undefined) throw new Error(`${route.method} ${route.url} has no config.access`)
    assertClosed(route)
    const guard = guardFor(route, access, options)
    route.onRequest = [guard, ...[route.onRequest ?? []].flat()]
  })
}

/** The API's reference page and the preflight route of @fastify/cors bring routes of their own; both are public. */
function isOfPlugin(route: RouteOptions): boolean {
  return (
    route.url === '/docs' ||
    route.url.startsWith('/docs/') ||
    (route.url === '*' && route.method === 'OPTIONS')
  )
}

type Done = (error?: Error) => void

function guardFor(route: RouteOptions, access: Access, { config, authenticate }: Options) {
  const unsafe = ![route.method].flat().every((method) => SAFE_METHODS.has(method))
  const ignoresSession = route.config?.session === 'ignored'
  if (ignoresSession && access !== 'public') throw new Error(`${route.url} needs a session and ignores it`)
  // Public reads go on when sessions cannot be looked up: the reader is then nobody.
  const survives = (error: Error) => access === 'public' && !unsafe && error instanceof AppError

  return (request: FastifyRequest, _reply: FastifyReply, done: Done): void => {
    const { headers } = request.raw
    const bearer = bearerToken(headers.authorization)
    const fault =
      urlFault(request.raw.url ?? '/') ?? (unsafe ? originFault(headers, bearer, config) : undefined)
    const token = bearer ?? (headers.cookie === undefined ? null : tokenFromCookies(headers.cookie))
    if (fault !== undefined) done(fault)
    else if (ignoresSession) done()
    else if (token === null) done(refusalFor(access, null))
    else {
      authenticate(token).then(
        (actor) => {
          request.actor = actor
          done(refusalFor(access, actor))
        },
        (error: Error) => done(survives(error) ? undefined : error),
      )
    }
  }
}

function urlFault(url: string): Error | undefined {
  if (url.length > LONGEST_URL) return new AppError(414, 'request.uri_too_long', 'The URL is too long.')
  if (!isCleanUrl(url)) return badRequest('request.invalid_text', 'The URL is not valid UTF-8, or holds NUL.')
  return undefined
}

function originFault(headers: IncomingHttpHeaders, bearer: string | null, config: Config): Error | undefined {
  if (bearer !== null || isSameOrigin(headers, config)) return undefined
  return forbidden('request.cross_site', 'A change from another site is refused.')
}

function bearerToken(header: string | undefined): string | null {
  if (header === undefined || header.length < 8) return null
  return header.slice(0, 7).toLowerCase() === 'bearer ' ? header.slice(7).trim() || null : null
}

function refusalFor(access: Access, actor: Actor | null): Error | undefined {
  if (access === 'public') return undefined
  if (actor === null) return unauthenticated()
  if (access === 'signed_in' || actor.roles.some((role) => access.roles.includes(role))) return undefined
  return forbidden('auth.forbidden', 'Your roles do not allow this.')
}
