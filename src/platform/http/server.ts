import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import cors from '@fastify/cors'
import type { FastifyPluginAsyncTypebox, TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import type { Permissions } from '../actor.ts'
import type { Cache } from '../cache/index.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Logger } from '../log.ts'
import type { Metrics, RouteTimer } from '../metrics/index.ts'
import type { Authenticate } from './access.ts'
import { trustOf } from './client-address.ts'
import { compressReply } from './compression.ts'
import { COMMON_CODES, errorHandler } from './error-handler.ts'
import type { Gate } from './gate.ts'
import { guardRoutes } from './guard.ts'
import { commonHeaders, PAGE_HEADERS, requestIds } from './headers.ts'
import { acceptJsonOnly } from './json-body.ts'
import { createLimiter } from './limiter.ts'
import { type RecordReadOnBehalf, recordReadsOnBehalf } from './on-behalf.ts'
import { describeApi } from './openapi.ts'
import { rememberOrigins } from './origin.ts'
import { addProbes, type ReadinessCheck } from './probes.ts'
import { problemText } from './problem.ts'
import type { RouteRule } from './route-rules.ts'
import { notFoundHandler } from './routes-missed.ts'
import { lazySerializers } from './serializers.ts'
import { validatorCompiler } from './validation.ts'

const BODY_LIMIT = 1_048_576
const SLOW_MS = 1000

export type MountedRoutes = { readonly prefix?: string; readonly routes: FastifyPluginAsyncTypebox }

export type ServerOptions = {
  readonly config: Config
  readonly log: Logger
  readonly metrics: Metrics
  readonly clock: Clock
  readonly authenticate: Authenticate
  readonly recordReadOnBehalf: RecordReadOnBehalf
  readonly permissions: Permissions
  readonly gate: Gate
  /** Where requests are counted. */
  readonly cache: Cache
  readonly readiness: readonly ReadinessCheck[]
  readonly plugins: readonly MountedRoutes[]
  /** What answers where no route of ours can stand: the web application's pages. Absent: the API stands alone. */
  readonly pages?: PageHandler | null
}

/** `api` is the server itself, to be asked without a network. */
export type PageHandler = (request: IncomingMessage, response: ServerResponse, api: FastifyInstance) => void

export type Server = ReturnType<typeof createFastify> & {
  /** What each route asks of its caller. */
  readonly rules: readonly RouteRule[]
}

/**
 * The HTTP server with everything that routes share, ready to `listen` or `inject`. Hooks are few and synchronous, since
 * each request pays them: bench/results tells what they cost. `request.log` is the process's log, without the request's id.
 */
export async function buildServer(options: ServerOptions): Promise<Server> {
  const { config, log, metrics, cache, plugins, pages } = options
  const app: ReturnType<typeof createFastify> = createFastify(config, log, (handler) =>
    pages ? beside(handler, (request, response) => pages(request, response, app)) : handler,
  )
  acceptJsonOnly(app)
  app.setValidatorCompiler(validatorCompiler)
  app.setErrorHandler(errorHandler(log))
  const headers = commonHeaders(config)
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(headers).header('x-request-id', request.id)
    done()
  })
  if (config.corsOrigins.length > 0) await allowOrigins(app, config)
  measureRoutes(app, metrics, log)
  const limiter = createLimiter({ cache, metrics, enabled: config.rateLimits })
  app.addHook('onClose', async () => limiter.close())
  const rules = guardRoutes(app, { ...options, limiter })
  closeConnectionsOnShutdown(app)
  rememberOrigins(app)
  recordReadsOnBehalf(app, options.recordReadOnBehalf)
  app.addHook('onSend', compressReply)
  app.setNotFoundHandler(notFoundHandler(app))
  dressPages(app)
  await describeApi(app, { publicUrl: config.publicUrl, commonCodes: COMMON_CODES })
  if (!pages) landOnReference(app)
  addProbes(app, options)
  for (const { prefix, routes } of plugins) await app.register(routes, prefix === undefined ? {} : { prefix })
  await app.ready()
  return Object.assign(app, { rules })
}

const KEEP_ALIVE_MS = 65_000 // longer than a load balancer's 60 s, so that it is the one to close
const REQUEST_MS = 30_000

function createFastify(config: Config, log: Logger, dispatch: (api: RequestListener) => RequestListener) {
  return Fastify({
    // Fastify sets the times only on servers of its own making.
    serverFactory: (handler, { http }) =>
      Object.assign(createServer(http ?? {}, dispatch(handler as RequestListener)), {
        keepAliveTimeout: KEEP_ALIVE_MS,
        requestTimeout: REQUEST_MS,
      }),
    schemaController: { compilersFactory: { buildSerializer: lazySerializers() } },
    // No logger: Fastify would make a child and two listeners a request. Ours is handed to requests as it is.
    childLoggerFactory: () => log,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: trustOf(config.trustProxy),
    genReqId: requestIds(config),
    bodyLimit: BODY_LIMIT,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    http: { headersTimeout: 15_000, connectionsCheckingInterval: 5_000 },
    routerOptions: { maxParamLength: 256 },
    // A path that cannot be routed meets no hook.
    frameworkErrors(error, request, reply) {
      reply.headers(commonHeaders(config)).header('x-request-id', request.id)
      errorHandler(log)(error, request, reply)
    },
    clientErrorHandler: refuseRaw,
  }).withTypeProvider<TypeBoxTypeProvider>()
}

/** Below these stand the routes; whatever else a browser asks for is a page or a part of one. */
const OURS = /^\/(?:api|storage|media|health|docs|metrics|openapi\.json|dev\/outbox)(?:[/?]|$)/

function beside(api: RequestListener, pages: RequestListener): RequestListener {
  return (request, response) => (OURS.test(request.url ?? '/') ? api : pages)(request, response)
}

/** Without pages, who opens the address that the start prints lands on something to read. */
function landOnReference(app: FastifyInstance): void {
  const config = { access: 'public', session: 'ignored', maintenance: 'open' } as const
  app.get('/', { config, schema: { hide: true } }, (_request, reply) => reply.redirect('/docs'))
}

/** A reply that was in flight when the server began to close tells its client not to send another on that connection. */
function closeConnectionsOnShutdown(app: FastifyInstance): void {
  let closing = false
  app.addHook('preClose', (done) => {
    closing = true
    done()
  })
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing) reply.header('connection', 'close')
    done()
  })
}

/** The reference is all that a browser shows as a page; it brings a content policy of its own. */
function dressPages(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (!route.url.startsWith('/docs')) return
    const dress = (_request: FastifyRequest, reply: FastifyReply, done: () => void) => {
      reply.headers(PAGE_HEADERS)
      done()
    }
    route.onRequest = [dress, ...[route.onRequest ?? []].flat()]
  })
}

async function allowOrigins(app: FastifyInstance, config: Config): Promise<void> {
  await app.register(cors, {
    origin: [...config.corsOrigins],
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: [
      'etag',
      'x-request-id',
      'retry-after',
      'ratelimit',
      'ratelimit-policy',
      'impersonated-by',
    ],
    maxAge: 600,
  })
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set at registration. */
    timer?: RouteTimer
  }
}

/** Times each reply to its last byte, under the route's pattern; one that took longer than a second is logged. */
function measureRoutes(app: FastifyInstance, metrics: Metrics, log: Logger): void {
  const missed = metrics.http.route('*', 'none')
  app.addHook('onRoute', (route) => {
    if (route.config?.stays === 'open') return
    const timer = metrics.http.route(String(route.method), route.url)
    route.onResponse = [record(timer, log), ...[route.onResponse ?? []].flat()]
  })
  app.addHook('onResponse', (request, reply, done) => {
    if (request.is404) missed.observe(reply.statusCode, reply.elapsedTime / 1000)
    done()
  })
}

function record(timer: RouteTimer, log: Logger) {
  const logsAll = log.isLevelEnabled('debug')
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const milliseconds = reply.elapsedTime
    timer.observe(reply.statusCode, milliseconds / 1000)
    if (milliseconds > SLOW_MS) log.warn(describe(request, reply), 'slow request')
    else if (logsAll) log.debug(describe(request, reply), 'request')
    done()
  }
}

function describe(request: FastifyRequest, reply: FastifyReply) {
  const { method, id, routeOptions } = request
  return {
    request_id: id,
    method,
    route: routeOptions.url,
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime),
  }
}

/** What is not HTTP, or too slow or too large to become a request, is answered on the bare socket. */
function refuseRaw(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const [status, says, code] =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? [408, 'Request Timeout', 'request.timeout']
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? [431, 'Request Header Fields Too Large', 'request.headers_too_large']
        : [400, 'Bad Request', 'request.malformed']
  const body = problemText({ status: Number(status), code: String(code), detail: `${says}.` }, '', '')
  socket.end(
    `HTTP/1.1 ${status} ${says}\r\ncontent-type: application/problem+json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  )
}
