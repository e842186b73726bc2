import type { lookup as systemLookup } from 'node:dns'
import http from 'node:http'
import https from 'node:https'
import type { Clock } from '../clock.ts'
import type { ReadyConfig } from '../config.ts'
import { NotAccepted } from '../delivery/index.ts'
import { type PushKeys, sealPush } from './encryption.ts'
import { serviceOf } from './endpoints.ts'
import { publicLookup } from './public-addresses.ts'
import { createVapid } from './vapid.ts'

export type PushTarget = PushKeys & { readonly endpoint: string }

export type PushMessage = {
  readonly payload: string
  /** How long the service keeps it for a browser that is away. */
  readonly ttlSeconds: number
  readonly urgency: 'low' | 'normal' | 'high'
  /** A later message of the same topic takes the place of one that still waits; 32 letters of base64url at most. */
  readonly topic: string
}

export type PushSender = {
  /** What browsers subscribe for. */
  readonly publicKey: string
  /** The push service behind an endpoint; null: we do not call it. */
  serviceOf(endpoint: string): string | null
  /** Resolves once the push service has taken it. Throws NotAccepted; `isGone`: the browser is no longer there. */
  send(target: PushTarget, message: PushMessage): Promise<void>
  close(): Promise<void>
}

const PATIENCE_MS = 10_000
const LONGEST_ANSWER = 16_384
const MOST_WAIT_SECONDS = 86_400

type Options = Pick<ReadyConfig, 'secretKey' | 'publicUrl' | 'push'>

/** Web Push (RFC 8030): sealed for the browser (RFC 8291), signed by us (RFC 8292), to public addresses alone, without redirects. */
export function createPush(
  config: Options,
  {
    clock,
    resolve,
    patienceMs = PATIENCE_MS,
  }: { clock: Clock; resolve?: typeof systemLookup; patienceMs?: number },
): PushSender {
  const vapid = createVapid(config, () => Math.floor(clock.now().getTime() / 1000))
  const agent = new https.Agent({
    keepAlive: true,
    maxSockets: 8,
    maxFreeSockets: 4,
    lookup: publicLookup(resolve),
  })
  const testAgent = new http.Agent({ keepAlive: true, maxSockets: 8 })

  return {
    publicKey: vapid.publicKey,
    serviceOf: (endpoint) => serviceOf(endpoint, config.push),
    async send({ endpoint, ...keys }, { payload, ttlSeconds, urgency, topic }) {
      if (serviceOf(endpoint, config.push) === null)
        throw new NotAccepted('push_endpoint', true, { isGone: true })
      const url = new URL(endpoint)
      const body = sealed(payload, keys)
      const headers = {
        authorization: vapid.authorization(url.origin),
        'content-encoding': 'aes128gcm',
        'content-type': 'application/octet-stream',
        'content-length': body.length,
        ttl: ttlSeconds,
        urgency,
        topic,
      }
      const signal = AbortSignal.timeout(patienceMs)
      const answer = await post(
        url,
        { headers, signal, agent: url.protocol === 'http:' ? testAgent : agent },
        body,
      )
      const refusal = refusalOf(answer, clock.now())
      if (refusal) throw refusal
    },
    async close() {
      agent.destroy()
      testAgent.destroy()
    },
  }
}

function sealed(payload: string, keys: PushKeys): Buffer {
  try {
    return sealPush(payload, keys)
  } catch (error) {
    const isLong = error instanceof RangeError
    throw new NotAccepted(isLong ? 'push_too_long' : 'push_keys', true, { isGone: !isLong })
  }
}

type Answer = { readonly status: number; readonly retryAfter: string | undefined }

function post(url: URL, options: https.RequestOptions, body: Buffer): Promise<Answer> {
  const { request } = url.protocol === 'http:' ? http : https
  return new Promise((resolve, reject) => {
    const call = request(url, { ...options, method: 'POST' }, (response) => {
      let length = 0
      response.on('data', (chunk: Buffer) => {
        length += chunk.length
        if (length > LONGEST_ANSWER) response.destroy()
      })
      // What it says is not read; a connection that ends meanwhile changes nothing of the status.
      response.on('error', () => {})
      resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] })
    })
    call.on('error', (error: Error & { code?: string }) => reject(unreached(error)))
    call.end(body)
  })
}

/** A private address stays one; everything else may be otherwise in a minute. */
function unreached({ code, name }: Error & { code?: string }): NotAccepted {
  return new NotAccepted(`push_${code ?? name}`, code === 'private_address')
}

function refusalOf({ status, retryAfter }: Answer, now: Date): NotAccepted | undefined {
  if (status >= 200 && status < 300) return undefined
  const isLater = status === 429 || status >= 500
  return new NotAccepted(`push_${status}`, !isLater, {
    isGone: status === 404 || status === 410,
    isUnsent: true,
    retryAfter: isLater ? secondsIn(retryAfter, now) : null,
  })
}

/** Seconds, or a date (RFC 9110, 10.2.3). */
function secondsIn(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null
  const seconds = /^\d{1,9}$/.test(header)
    ? Number(header)
    : Math.ceil((Date.parse(header) - now.getTime()) / 1000)
  return Number.isNaN(seconds) ? null : Math.min(Math.max(seconds, 1), MOST_WAIT_SECONDS)
}
