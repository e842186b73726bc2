import { type Api, createApi } from '#lib/api/client.ts'
import type { ApiTransport } from '../../../handler.ts'

const LONGEST_MS = 8_000

type Asker = {
  readonly transport: ApiTransport
  /** The API's address. In its own process only the path counts. */
  readonly baseUrl: string
  readonly origin: string
  readonly address: string
  readonly headers: Headers
  /** Told of every answer, in the order they come, and what was asked. */
  onAnswer(response: Response, request: Request): void
}

/** Passed on so that the API's limits, its audit and its list of devices see the person, not this server. */
const PASSED_ON = ['user-agent', 'accept-language'] as const

/**
 * The API, asked as the person whose request we answer. A change carries our own origin: the pages have checked where
 * the form came from before. An API that does not answer within eight seconds is taken to be down (503 `api.unreachable`).
 */
export function apiFor(asker: Asker): Api {
  let cookie = asker.headers.get('cookie')
  return createApi(asker.baseUrl, async (request) => {
    const headers = new Headers(request.headers)
    for (const name of PASSED_ON) {
      const value = asker.headers.get(name)
      if (value !== null && !headers.has(name)) headers.set(name, value)
    }
    if (cookie !== null) headers.set('cookie', cookie)
    headers.set(
      'x-forwarded-for',
      [asker.headers.get('x-forwarded-for'), asker.address].filter(Boolean).join(', '),
    )
    headers.set('origin', asker.origin)
    headers.set('sec-fetch-site', 'same-origin')
    const response = await inTime(asker.transport(new Request(request, { headers })))
    cookie = withCookies(cookie, response.headers.getSetCookie())
    asker.onAnswer(response, request)
    return response
  })
}

/** What the browser will send next: a session that a change has renewed is the one that the rest of this request asks with. */
function withCookies(cookie: string | null, set: readonly string[]): string | null {
  if (set.length === 0) return cookie
  const held = new Map((cookie ?? '').split('; ').map((pair) => [pair.split('=', 1)[0] ?? '', pair]))
  for (const line of set) {
    const pair = line.split(';', 1)[0] ?? ''
    held.set(pair.split('=', 1)[0] ?? '', pair)
  }
  return [...held.values()].filter((pair) => pair !== '' && !pair.endsWith('=')).join('; ')
}

async function inTime(answer: Promise<Response>): Promise<Response> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Response>((resolve) => {
    timer = setTimeout(() => resolve(unreachable()), LONGEST_MS)
  })
  try {
    return await Promise.race([answer.catch(unreachable), late])
  } finally {
    clearTimeout(timer)
  }
}

function unreachable(): Response {
  const problem = { status: 503, code: 'api.unreachable', detail: 'The API cannot be reached.', errors: [] }
  return Response.json(problem, { status: 503, headers: { 'content-type': 'application/problem+json' } })
}
