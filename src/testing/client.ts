import assert from 'node:assert/strict'
import type { Readable } from 'node:stream'
import type pg from 'pg'
import { openSession } from '../domains/identity/sessions.ts'
import { asSelf } from '../platform/actor.ts'
import { SESSION_COOKIE } from '../platform/http/index.ts'
import type { TestApp } from './app.ts'
import { replyChecker } from './reply-checker.ts'

export { startApp, type TestApp } from './app.ts'

export type Reply<T> = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>
  readonly text: string
  /** Parsed, and proven to match the schema that the API's document gives for this route and status. */
  readonly body: T
}

export type Client = {
  /** Sent with every request as `Authorization: Bearer`; null: a stranger. */
  readonly token: string | null
  get<T = Fields>(url: string, headers?: Headers): Promise<Reply<T>>
  post<T = Fields>(url: string, body?: unknown, headers?: Headers): Promise<Reply<T>>
  put<T = Fields>(url: string, body?: unknown, headers?: Headers): Promise<Reply<T>>
  patch<T = Fields>(url: string, body?: unknown, headers?: Headers): Promise<Reply<T>>
  delete<T = Fields>(url: string, headers?: Headers): Promise<Reply<T>>
}

/** What a problem and most replies look like when the test does not say. */
export type Fields = Readonly<Record<string, unknown>>
type Headers = Readonly<Record<string, string>>
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** A client with this token, or a stranger's. */
export function clientOf(app: Pick<TestApp, 'server'>, token: string | null = null): Client {
  const check = replyChecker(app.server)
  const send = async <T>(
    method: Method,
    url: string,
    headers: Headers,
    body?: unknown,
  ): Promise<Reply<T>> => {
    const reply = await app.server.inject({
      method,
      url,
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
      ...(body !== undefined && { payload: body as object }),
      payloadAsStream: isStream(url),
    })
    const { statusCode: status } = reply
    const text = isStream(url) ? await beginningOf(reply.stream()) : reply.payload
    const isJson = /json/.test(String(reply.headers['content-type'])) && text !== ''
    const parsed = isJson ? JSON.parse(text) : undefined
    check({ method, url, status, body: parsed, type: String(reply.headers['content-type']) })
    return { status, headers: reply.headers, text, body: parsed }
  }
  return {
    token,
    get: (url, headers = {}) => send('GET', url, headers),
    post: (url, body, headers = {}) => send('POST', url, headers, body),
    put: (url, body, headers = {}) => send('PUT', url, headers, body),
    patch: (url, body, headers = {}) => send('PATCH', url, headers, body),
    delete: (url, headers = {}) => send('DELETE', url, headers),
  }
}

function isStream(url: string): boolean {
  return url.split('?')[0] === '/api/v1/stream'
}

/** A stream has no end of its own: what comes at once, after which the client leaves. */
async function beginningOf(stream: Readable): Promise<string> {
  for await (const chunk of stream) {
    stream.destroy()
    return String(chunk)
  }
  return ''
}

/** Signs in by HTTP as the web does, and goes on with the session's token. */
export async function signIn(app: TestApp, user: { email: string; password: string }): Promise<Client> {
  const { email, password } = user
  const reply = await clientOf(app).post('/api/v1/auth/login', { email, password })
  assert.equal(reply.status, 200, `sign-in of ${email}: ${reply.text}`)
  const cookie = [reply.headers['set-cookie']].flat().join('; ')
  const token = new RegExp(`${SESSION_COOKIE}=([^;]+)`).exec(cookie)?.[1]
  assert.ok(token, 'the sign-in set no session cookie')
  return clientOf(app, decodeURIComponent(token))
}

/** The terms and the privacy notice that a fresh database has. */
export const accepted = { terms: '1', privacy: '1' }

/** Registers by HTTP, opens the account as its link would, and goes on with a session of the new person. */
export async function signUp(app: TestApp, owner: pg.Pool, person: Fields): Promise<Client> {
  const reply = await clientOf(app).post('/api/v1/auth/register', { accepted, ...person })
  assert.equal(reply.status, 202, reply.text)
  const { rows } = await owner.query<{ user_id: string }>(
    `UPDATE users SET status = 'active', email_verified = true WHERE email = lower($1) RETURNING user_id`,
    [person.email],
  )
  return signedIn(app, { id: rows[0]!.user_id })
}

/** A client with a session of its own, without the work of a password: for tests that need hundreds of people. */
export async function signedIn({ server, services }: TestApp, user: { id: string }): Promise<Client> {
  const actor = asSelf(user.id)
  const device = { ip: '127.0.0.1', userAgent: undefined, country: null }
  const { token } = await services.db.transaction(actor, (tx) => openSession(tx, user.id, device, 'token'))
  return clientOf({ server }, token)
}
