import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Config } from '../config.ts'
import { AppError } from '../errors.ts'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics/index.ts'
import { Closed, OneOf } from './schemas.ts'
import { sendJson } from './send.ts'

const LONGEST_CHECK_MS = 1000

/**
 * A part that readiness asks about. `check` rejects when the part does not serve; the message of a `NotReady` is shown,
 * of anything else only that it is out of reach. A part that is not `required` (the cache: reads go on without it) is
 * told, and leaves the server ready.
 */
export type ReadinessCheck = { readonly name: string; readonly required?: boolean; check(): Promise<void> }

/** A reason that may be shown to whoever asks: "migrations at 10, expected 11". */
export class NotReady extends Error {
  override readonly name = 'NotReady'
}

const Readiness = Closed({
  status: OneOf(['ready', 'degraded', 'not_ready']),
  checks: Type.Record(Type.String(), Type.String()),
})

type Options = {
  readonly config: Config
  readonly log: Logger
  readonly metrics: Metrics
  readonly readiness: readonly ReadinessCheck[]
}

/** /health/live: the process runs. /health/ready: its parts do. /metrics: for Prometheus, from this machine or by token. */
export function addProbes(app: FastifyInstance, { config, log, metrics, readiness }: Options): void {
  const open = { access: 'public', session: 'ignored', limit: 'none', maintenance: 'open' } as const
  const tags = ['health']

  app.get(
    '/health/live',
    { config: open, schema: { tags, response: { 200: Closed({ status: Type.Literal('live') }) } } },
    (_request, reply) => sendJson(reply, '{"status":"live"}'),
  )

  app.get(
    '/health/ready',
    { config: open, schema: { tags, response: { 200: Readiness, 503: Readiness } } },
    async (_request, reply) => {
      const results = await Promise.all(readiness.map((part) => ask(part, log)))
      const failed = results.filter((result) => result.said !== 'ok')
      const status = failed.some((result) => result.required)
        ? 'not_ready'
        : failed.length > 0
          ? 'degraded'
          : 'ready'
      const checks = Object.fromEntries(results.map((result) => [result.name, result.said]))
      return sendJson(reply.code(status === 'not_ready' ? 503 : 200), JSON.stringify({ status, checks }))
    },
  )

  app.get('/metrics', { config: open, schema: { hide: true } }, async (request, reply) => {
    if (!mayScrape(request, config.metricsToken))
      throw new AppError(403, 'auth.forbidden', 'Metrics are not public.')
    return sendText(reply, await metrics.text())
  })
}

async function ask(part: ReadinessCheck, log: Logger) {
  const { name, required = true } = part
  try {
    await within(LONGEST_CHECK_MS, part.check())
    return { name, required, said: 'ok' }
  } catch (error) {
    log.warn({ err: error, check: name }, 'not ready')
    return { name, required, said: error instanceof NotReady ? error.message : 'out of reach' }
  }
}

function within(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NotReady(`no answer within ${milliseconds} ms`)), milliseconds)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/** A proxy on this machine makes every caller look local, so whoever was forwarded needs the token. */
function mayScrape(request: FastifyRequest, token: string | null): boolean {
  const { headers, socket } = request.raw
  const forwarded = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined
  if (!forwarded && isLoopback(socket.remoteAddress)) return true
  return token !== null && isSame(headers.authorization ?? '', `Bearer ${token}`)
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && (address === '::1' || /^(::ffff:)?127\./.test(address))
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function sendText(reply: FastifyReply, text: string): FastifyReply {
  return reply.header('cache-control', 'no-store').type('text/plain; version=0.0.4; charset=utf-8').send(text)
}
