import type { IncomingMessage, ServerResponse } from 'node:http'
import { constants } from 'node:zlib'
import compression from 'compression'

/** How the pages reach the API. Where they stand in the API's own process the request does not cross a network. */
export type ApiTransport = (request: Request) => Promise<Response>

export type WebContext = {
  readonly api: ApiTransport
  /** Scheme and host as people reach the site: no header of a client is believed about it. */
  readonly origin: string
  /** Where browsers send files, when it is not this site. */
  readonly uploadOrigin: string | null
}

export type WebRequest = IncomingMessage & { web?: WebContext }
export type WebHandler = (request: WebRequest, response: ServerResponse) => void

/** Brotli at 5 takes half a millisecond more than at 4 for the home page, and a kilobyte off it; beyond, little is gained. What the build has compressed already is left alone. */
const compress = compression({
  threshold: 512,
  brotli: { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } },
})

/**
 * The built pages as a handler of Node's HTTP server. `origin` is where people reach the site: its scheme is what forms
 * are checked against, and no header that a client writes is believed about it. Throws where nothing has been built.
 */
export async function openPages({ origin }: { readonly origin: string }): Promise<WebHandler> {
  // The adapter reads it when it is loaded. The header is ours: a client's is overwritten.
  process.env.WEB_PROTOCOL_HEADER = SCHEME_HEADER
  const built = new URL('./build/handler.js', import.meta.url).href
  const { handler } = (await import(built)) as { handler: (...words: unknown[]) => void }
  const scheme = new URL(origin).protocol.slice(0, -1)
  return (request, response) => {
    request.headers[SCHEME_HEADER] = scheme
    // compression wants Express's types and uses Node's.
    compress(request as never, response as never, () => handler(request, response))
  }
}

const SCHEME_HEADER = 'x-web-scheme'
