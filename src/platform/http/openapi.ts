import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify'
import { isUnsafe } from './guard.ts'
import { limitOf } from './limiter.ts'
import { LIMITS } from './limits.ts'
import { Problem } from './schemas.ts'
import { isSecure, sessionCookieName } from './session-cookie.ts'

type Options = { readonly publicUrl: string; readonly commonCodes: readonly string[] }

/** The document at /openapi.json (OpenAPI 3.1), made from the routes' own schemas, and the reference page at /docs. */
export async function describeApi(app: FastifyInstance, { publicUrl, commonCodes }: Options): Promise<void> {
  const codes = collectCodes(app, commonCodes)
  app.addSchema({ $id: 'Problem', ...Problem })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Brand Coach Network', version: '1', description: DESCRIPTION },
      servers: [{ url: publicUrl }],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: sessionCookieName(isSecure(publicUrl)) },
        },
      },
    },
    refResolver: { buildLocalReference: (json, _base, _fragment, i) => String(json.$id ?? `schema-${i}`) },
    transform: ({ schema, url, route }) => ({ schema: describeRoute(schema, route), url }),
    transformObject: (document) =>
      'openapiObject' in document
        ? { ...document.openapiObject, 'x-error-codes': [...codes].sort(), 'x-limits': LIMITS }
        : document.swaggerObject,
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: PAGE_POLICY,
    uiConfig: { validatorUrl: null, persistAuthorization: false },
    theme: { title: 'Brand Coach Network API' },
  })
  const config = { access: 'public', session: 'ignored', maintenance: 'open' } as const
  const aside = { config, schema: { hide: true } }
  app.get('/openapi.json', aside, () => app.swagger())
}

/** The reference loads its own files and asks this server: nothing else, and nobody may frame it. */
const PAGE_POLICY = {
  'default-src': ["'none'"],
  'base-uri': ["'none'"],
  'object-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'frame-ancestors': ["'none'"],
}

const DESCRIPTION =
  'Every error is problem+json (RFC 9457); its `code` is stable. Codes that any route may answer with, and those of ' +
  'the routes, are listed in `x-error-codes`, and at each operation. Lists are read page by page: pass `next_cursor` ' +
  'back as `cursor` until it is null. Ids are UUIDs, timestamps ISO 8601 in UTC, money integer minor units. ' +
  '`RateLimit-Policy` says how many requests are granted in how many seconds (q, w), `RateLimit` how many are left and ' +
  'in how many seconds there is room again (r, t); beyond them the answer is 429 `request.too_many` with `Retry-After`. ' +
  '`x-permission`, `x-proof` and `x-limit` tell what an operation asks of its caller, `x-limits` the figures.'

/** Fills while routes are registered; read when the document is made, which is later. */
function collectCodes(app: FastifyInstance, common: readonly string[]): Set<string> {
  const codes = new Set(common)
  app.addHook('onRoute', (route) => {
    for (const code of route.config?.errors ?? []) codes.add(code)
  })
  return codes
}

function describeRoute(schema: FastifySchema | undefined, route: RouteOptions): FastifySchema {
  if (schema?.hide === true) return schema
  const access = route.config?.access
  const posted = route.config?.posted
  const method = String([route.method].flat()[0])
  return {
    ...schema,
    operationId: schema?.operationId ?? operationId(method, route.url),
    tags: schema?.tags ?? [tagOf(route.url)],
    ...(posted && { consumes: [...posted.types], body: posted.body }),
    security: access === 'public' ? [] : [{ bearer: [] }, { session: [] }],
    response: {
      ...(schema?.response as Record<string, unknown> | undefined),
      default: {
        description: 'A problem',
        content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
      },
    },
    ...(typeof access === 'object' && { 'x-permission': access.permission }),
    ...(route.config?.proof !== undefined && { 'x-proof': route.config.proof }),
    'x-limit': limitOf(route, isUnsafe(route)),
    ...(route.config?.errors !== undefined && { 'x-error-codes': route.config.errors }),
  } as FastifySchema // the x- keys are OpenAPI's way to extend, unknown to Fastify's type
}

/** GET /api/v1/modules/:id/lessons → getModulesByIdLessons. */
function operationId(method: string, url: string): string {
  const words = segments(url).map((part) => (part.startsWith(':') ? `By-${part.slice(1)}` : part))
  const camel = words
    .flatMap((word) => word.split(/[-_.]/))
    .map((word) => word[0]?.toUpperCase() + word.slice(1))
  return method.toLowerCase() + camel.join('')
}

function tagOf(url: string): string {
  return segments(url)[0] ?? 'root'
}

function segments(url: string): string[] {
  return url
    .replace(/^\/api\/v\d+/, '')
    .split('/')
    .filter((part) => part !== '')
}
