import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export type PushedMessage = {
  readonly endpoint: string
  readonly text: string
  readonly ttl: number
  readonly urgency: string | undefined
  readonly topic: string | undefined
}

type Behaviour = 'well' | 'gone' | 'busy' | 'broken' | 'silent' | 'redirecting' | 'twice' | 'endless'

/** A browser's subscription as `PushSubscription.toJSON()` gives it. */
export type BrowserSubscription = {
  readonly endpoint: string
  readonly keys: { readonly p256dh: string; readonly auth: string }
}

/**
 * A push service and its browsers in one: takes a message only with a signature that is right for it (RFC 8292), and opens it as
 * the browser would (RFC 8291). Over http on this machine, so the platform must be told of it: PUSH_TEST_SERVICE.
 */
export type TestPushService = {
  readonly origin: string
  readonly received: PushedMessage[]
  /** What asked and was refused, with why. */
  readonly refused: string[]
  subscribe(): BrowserSubscription
  /** For one endpoint, or for all. */
  behave(how: Behaviour, endpoint?: string): void
  stop(): Promise<void>
}

export async function startPushService(): Promise<TestPushService> {
  const browsers = new Map<string, Browser>()
  const received: PushedMessage[] = []
  const refused: string[] = []
  const behaviours = new Map<string, Behaviour>()
  let origin = ''
  const server = createServer(async (request, response) => {
    const endpoint = `${origin}${request.url}`
    const body = await buffer(request)
    const browser = browsers.get(endpoint)
    const how = behaviours.get(endpoint) ?? behaviours.get('') ?? 'well'
    const fault = browser ? faultIn(request.headers, origin) : 'nobody has this endpoint'
    if (fault !== undefined || !browser) {
      refused.push(fault ?? '')
      return response.writeHead(browser ? 401 : 404).end()
    }
    if (how === 'gone') return response.writeHead(410).end()
    if (how === 'busy') return response.writeHead(429, { 'retry-after': '120' }).end()
    if (how === 'broken') return response.writeHead(503).end('<html>')
    if (how === 'redirecting') return response.writeHead(307, { location: `${origin}/elsewhere` }).end()
    const { ttl, urgency, topic } = request.headers as Record<string, string | undefined>
    received.push({ endpoint, text: opened(body, browser).trimEnd(), ttl: Number(ttl), urgency, topic })
    if (how === 'silent') return
    if (how === 'endless') {
      response.writeHead(201)
      const timer = setInterval(() => response.write('x'.repeat(65_536)), 1)
      return response.on('close', () => clearInterval(timer))
    }
    if (how === 'twice') {
      const answer = 'HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n'
      return request.socket.write(answer + answer)
    }
    response.writeHead(201).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    received,
    refused,
    subscribe() {
      const endpoint = `${origin}/push/${randomBytes(16).toString('base64url')}`
      const browser = newBrowser()
      browsers.set(endpoint, browser)
      const keys = {
        p256dh: browser.publicKey.toString('base64url'),
        auth: browser.auth.toString('base64url'),
      }
      return { endpoint, keys }
    },
    behave(how, endpoint = '') {
      if (endpoint === '') behaviours.clear()
      behaviours.set(endpoint, how)
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

type Browser = { readonly privateKey: Buffer; readonly publicKey: Buffer; readonly auth: Buffer }

function newBrowser(): Browser {
  const curve = createECDH('prime256v1')
  const publicKey = curve.generateKeys()
  return { publicKey, privateKey: curve.getPrivateKey(), auth: randomBytes(16) }
}

/** RFC 8292, 2 to 4. */
function faultIn(
  { authorization = '', ttl, 'content-encoding': encoding }: IncomingHttpHeaders,
  origin: string,
): string | undefined {
  const [, head = '', claims = '', signature = '', k = ''] =
    /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), k=([\w-]+)$/.exec(authorization) ?? []
  const point = Buffer.from(k, 'base64url')
  if (point.length !== 65) return 'no key'
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  }
  const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' } as const
  if (!verify('sha256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url')))
    return 'not signed'
  const { aud, exp, sub } = JSON.parse(Buffer.from(claims, 'base64url').toString())
  const now = Date.now() / 1000
  if (aud !== origin) return `for ${aud}`
  if (!(exp > now && exp <= now + 86_400)) return 'expired, or good for more than a day'
  if (!/^(?:mailto:|https:)/.test(sub)) return 'nobody to reach'
  if (!/^\d+$/.test(String(ttl))) return 'no TTL'
  return encoding === 'aes128gcm' ? undefined : 'not sealed'
}

/** RFC 8188, 2 and RFC 8291, 3.4. */
function opened(body: Buffer, { privateKey, publicKey, auth }: Browser): string {
  const salt = body.subarray(0, 16)
  const theirs = body.subarray(21, 21 + body[20]!)
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(privateKey)
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), publicKey, theirs])
  const key = Buffer.from(hkdfSync('sha256', curve.computeSecret(theirs), auth, info, 32))
  const derive = (what: string, length: number) =>
    Buffer.from(hkdfSync('sha256', key, salt, `Content-Encoding: ${what}\0`, length))
  const decipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12))
  decipher.setAuthTag(body.subarray(-16))
  const plain = Buffer.concat([decipher.update(body.subarray(21 + body[20]!, -16)), decipher.final()])
  return plain.subarray(0, plain.lastIndexOf(2)).toString()
}
