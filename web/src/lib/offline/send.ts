import type { Refusal, Write } from './store.ts'

/** What became of a write; `stop`: the next ones would fare the same now. */
export type Answer =
  | { readonly kind: 'sent'; readonly stop: false }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly stop: false }
  | { readonly kind: 'later'; readonly retryAfterMs: number; readonly stop: boolean }
  | { readonly kind: 'sign_in' | 'unreachable'; readonly stop: true }

const TIMEOUT_MS = 20_000
const NOT_NOW = new Set([408, 425, 429])

export async function sendWrite({ method, path, body, key }: Write): Promise<Answer> {
  const response = await ask(path, {
    method,
    // What a POST makes is there once, though an answer was lost on the way.
    headers: { 'content-type': 'application/json', ...(method === 'POST' && { 'idempotency-key': key }) },
    body: JSON.stringify(body),
    // A tab that closes must not tear it off.
    keepalive: true,
  })
  // A network's sign-in page that answers in the platform's place knows no JSON.
  if (!response || (response.ok && isPage(response))) return { kind: 'unreachable', stop: true }
  if (response.ok) return { kind: 'sent', stop: false }
  if (response.status === 401) return { kind: 'sign_in', stop: true }
  if (NOT_NOW.has(response.status) || response.status >= 500) {
    const retryAfterMs = Number(response.headers.get('retry-after') ?? 0) * 1000 || 0
    // One that makes the platform stumble does not hold up the others.
    return { kind: 'later', retryAfterMs, stop: response.status === 429 || response.status === 503 }
  }
  return { kind: 'refused', refusal: await refusalOf(response), stop: false }
}

/** The id of who is signed in, null for nobody. */
export async function whoIsSignedIn(): Promise<string | null | 'unreachable'> {
  const response = await ask('/api/v1/auth/session', {})
  if (response?.status === 401) return null
  if (!response?.ok || isPage(response)) return 'unreachable'
  const session: { user_id: string } = await response.json()
  return session.user_id
}

async function ask(path: string, init: RequestInit): Promise<Response | undefined> {
  try {
    return await fetch(path, {
      ...init,
      credentials: 'same-origin',
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
  } catch {
    // No network, or too slow a one: fetch tells no more than that.
    return undefined
  }
}

async function refusalOf(response: Response): Promise<Refusal> {
  const { status } = response
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json')
  const problem: { code?: string; detail?: string } = isProblem ? await response.json() : {}
  return { status, code: problem.code ?? '', detail: problem.detail ?? '' }
}

function isPage(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith('text/html') ?? false
}
