import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { type Actor, isStaff, type Permissions } from '../actor.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { AppError, badRequest, forbidden, unauthenticated, underMaintenance } from '../errors.ts'
import type { Access, Authenticate } from './access.ts'
import { assertClosed } from './closed-schemas.ts'
import type { Gate } from './gate.ts'
import { type CountRequest, type Limiter, limitOf } from './limiter.ts'
import { type RouteRule, ruleOf } from './route-rules.ts'
import { isSameOrigin } from './same-origin.ts'
import { isSecure, tokenFromCookies } from './session-cookie.ts'
import { isCleanUrl } from './text.ts'

const LONGEST_URL = 8192
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Within it a proof counts as recent (step-up). */
export const PROOF_MS = 600_000

type Options = {
  readonly config: Config
  readonly clock: Clock
  readonly authenticate: Authenticate
  readonly permissions: Permissions
  readonly gate: Gate
  readonly limiter: Limiter
}

/**
 * Gives every route the guard that its `config` asks for, built once at registration. A route without a rule, with a
 * limit that is none, or with a request schema that lets unknown fields pass, stops the start: forgetting must not mean
 * public. Answers the rules, one a route, which grow as routes are registered.
 */
export function guardRoutes(app: FastifyInstance, options: Options): readonly RouteRule[] {
  const rules: RouteRule[] = []
  app.decorateRequest('actor', null)
  app.addHook('onRoute', (route) => {
    if (isOfPlugin(route)) {
      rules.push(ruleOf(route, 'none', options.permissions))
      return
    }
    const access = route.config?.access
    if (access === undefined) throw new Error(`${route.method} ${route.url} has no config.access`)
    assertClosed(route)
    const limit = limitOf(route, isUnsafe(route))
    const guard = guardFor(route, access, { ...options, count: options.limiter.forClass(limit) })
    route.onRequest = [guard, ...[route.onRequest ?? []].flat()]
    rules.push(ruleOf(route, limit, options.permissions))
  })
  return rules
}

/** The API's reference page and the preflight route of @fastify/cors bring routes of their own; both are public. */
function isOfPlugin(route: RouteOptions): boolean {
  return (
    route.url === '/docs' ||
    route.url.startsWith('/docs/') ||
    (route.url === '*' && route.method === 'OPTIONS')
  )
}

/** Whether it may change something, and so must come from our own pages. */
export function isUnsafe({ method }: RouteOptions): boolean {
  return ![method].flat().every((one) => SAFE_METHODS.has(one))
}

type Done = (error?: Error) => void
type RouteParts = Options & { readonly count: CountRequest | undefined }

/** Its order: address, origin, who it is, whether they call too often, whether they may. */
function guardFor(route: RouteOptions, access: Access, parts: RouteParts) {
  const { config, authenticate, gate, count } = parts
  const unsafe = isUnsafe(route)
  const ignoresSession = route.config?.session === 'ignored'
  if (ignoresSession && access !== 'public') throw new Error(`${route.url} needs a session and ignores it`)
  const secure = isSecure(config.publicUrl)
  const refusalFor = judgeOf(route, access, parts)
  if (route.config?.stays === 'open') route.config.judge = refusalFor
  // Public reads go on when sessions cannot be looked up: the reader is then nobody.
  const survives = (error: Error) => access === 'public' && !unsafe && error instanceof AppError

  function enter(request: FastifyRequest, reply: FastifyReply, done: Done): void {
    const counted = count?.(request, reply)
    if (counted instanceof Promise) counted.then((over) => done(over ?? refusalFor(request.actor)), done)
    else done(counted ?? refusalFor(request.actor))
  }

  return (request: FastifyRequest, reply: FastifyReply, done: Done): void => {
    const { headers } = request.raw
    const bearer = bearerToken(headers.authorization)
    const fault =
      urlFault(request.raw.url ?? '/') ?? (unsafe ? originFault(headers, bearer, config) : undefined)
    const token = bearer ?? (headers.cookie === undefined ? null : tokenFromCookies(headers.cookie, secure))
    if (fault !== undefined) done(fault)
    // During maintenance every route must know its reader: staff see the platform as it is.
    else if (token === null || (ignoresSession && !gate.isClosed())) enter(request, reply, done)
    else {
      authenticate(token).then(
        (actor) => {
          request.actor = actor
          if (actor !== null && actor.impersonatorId !== null)
            reply.header('impersonated-by', actor.impersonatorId)
          enter(request, reply, done)
        },
        (error: Error) => (survives(error) ? enter(request, reply, done) : done(error)),
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

/** The token that a client sends by itself; null for one that leaves it to the browser's cookie. */
export function bearerToken(header: string | undefined): string | null {
  if (header === undefined || header.length < 8) return null
  return header.slice(0, 7).toLowerCase() === 'bearer ' ? header.slice(7).trim() || null : null
}

/** What to say to this actor at this route; undefined: come in. */
function judgeOf(route: RouteOptions, access: Access, { clock, permissions, gate }: Options) {
  const { method, url, config } = route
  const proves = config?.proof === 'recent'
  const refusesImpersonation = proves || config?.impersonation === 'refused'
  const closes = config?.maintenance !== 'open'
  if (access === 'public' && refusesImpersonation) throw new Error(`${url} is public and asks for a proof`)
  if (access !== 'public' && isUnsafe(route) && !proves && config?.impersonation === undefined)
    throw new Error(
      `${String(method)} ${url} does not say whether it may be done for somebody else: config.impersonation`,
    )
  const roles = typeof access === 'object' ? permissions[access.permission] : undefined
  if (typeof access === 'object' && roles === undefined)
    throw new Error(`${url}: no permission ${access.permission}`)

  return (actor: Actor | null): Error | undefined => {
    if (closes && gate.isClosed() && (actor === null || !isStaff(actor))) return underMaintenance()
    if (access === 'public') return undefined
    if (actor === null) return unauthenticated()
    if (roles !== undefined && !actor.roles.some((role) => roles.includes(role)))
      return forbidden('auth.forbidden', 'Your roles do not allow this.')
    if (refusesImpersonation && actor.impersonatorId !== null)
      return forbidden('auth.impersonation_refused', 'This cannot be done on behalf of somebody else.')
    if (proves && clock.now().getTime() - actor.provenAt > PROOF_MS)
      return forbidden('auth.step_up_required', 'Prove again that it is you: POST /api/v1/auth/step-up.')
    return undefined
  }
}
