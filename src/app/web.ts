import { existsSync } from 'node:fs'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FastifyInstance, InjectOptions } from 'fastify'
import type { Config } from '../platform/config.ts'
import type { PageHandler } from '../platform/http/index.ts'
import type { Logger } from '../platform/log.ts'

/** What the web application is given with each request; it is apart, so the shape is agreed and not shared. */
type WebContext = {
  readonly api: (request: Request) => Promise<Response>
  readonly origin: string
  readonly uploadOrigin: string | null
}
type OpenPages = (options: {
  origin: string
}) => Promise<(request: IncomingMessage & { web?: WebContext }, response: ServerResponse) => void>

const WEB = path.join(import.meta.dirname, '../../web')

/** The web application, when it has been built; else the API stands alone, and says so. */
export async function openWeb(config: Config, log: Logger): Promise<PageHandler | null> {
  if (!existsSync(path.join(WEB, 'build/handler.js'))) {
    log.warn('the web application is not built, so only the API is served (npm start builds it)')
    return null
  }
  const { openPages } = (await import(pathToFileURL(path.join(WEB, 'handler.ts')).href)) as {
    openPages: OpenPages
  }
  const serve = await openPages({ origin: config.publicUrl })
  const { origin } = new URL(config.publicUrl)
  const uploadOrigin = config.s3?.endpoint ? new URL(config.s3.endpoint).origin : null
  return (request, response, api) => {
    const believed = forwarded(request, config.countryHeader)
    const web = { api: (asked: Request) => within(api, request, asked, believed), origin, uploadOrigin }
    serve(Object.assign(request, { web }), response)
  }
}

/** The API's answer without a network. It comes from the person's own address, over as many proxies as they came. */
async function within(
  api: FastifyInstance,
  from: IncomingMessage,
  asked: Request,
  believed: Record<string, string>,
): Promise<Response> {
  const { pathname, search } = new URL(asked.url)
  const body = asked.body === null ? undefined : Buffer.from(await asked.arrayBuffer())
  const reply = await api.inject({
    method: asked.method as NonNullable<InjectOptions['method']>,
    url: `${pathname}${search}`,
    headers: { ...Object.fromEntries(asked.headers), ...believed },
    remoteAddress: from.socket.remoteAddress ?? '127.0.0.1',
    ...(body !== undefined && { payload: body }),
  })
  const isEmpty = reply.statusCode === 204 || reply.statusCode === 304
  return new Response(isEmpty ? null : new Uint8Array(reply.rawPayload), {
    status: reply.statusCode,
    headers: headersOf(reply.headers),
  })
}

function headersOf(lines: OutgoingHttpHeaders): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(lines)) {
    for (const line of [value ?? []].flat()) headers.append(name, String(line))
  }
  return headers
}

/** What proxies wrote. The API believes it as far as it believes them. */
function forwarded({ headers }: IncomingMessage, countryHeader: string | null): Record<string, string> {
  const kept = Object.entries(headers).filter(
    ([name]) => name.startsWith('x-forwarded-') || ['host', 'x-request-id', countryHeader].includes(name),
  )
  return Object.fromEntries(kept.map(([name, value]) => [name, [value ?? ''].flat().join(', ')]))
}
