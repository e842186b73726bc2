import { createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { Provider } from 'oidc-provider'

/** Someone with an account at the provider. */
export type Person = {
  readonly sub: string
  readonly email?: string
  readonly email_verified?: boolean
  readonly name?: string
}
type Claims = Readonly<Record<string, unknown>>

/** A real OpenID provider of a test's own on 127.0.0.1: authorization code with PKCE, RS256. */
export type TestProvider = {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** As a browser in which `person` is signed in there: answers the address that the provider sends it back to. */
  approve(url: string, person: Person): Promise<URL>
  /** The same for somebody who says no. */
  deny(url: string): Promise<URL>
  /** What the provider says of people in its id tokens from now on; undefined: the truth, under its own key. */
  lie(how: Lie | undefined): void
  /** Stops answering, and answers again. */
  down(): Promise<void>
  up(): Promise<void>
  stop(): Promise<void>
}

/** Changed claims, under the provider's own key unless another one, or none at all, is named. */
export type Lie = (claims: Claims) => { readonly claims: Claims; readonly signedBy?: KeyObject | 'nobody' }

type Options = {
  readonly redirectUris: readonly string[]
  readonly clientId?: string
  /** False: e-mail and name are told by the userinfo endpoint alone, as the standard's default is. */
  readonly claimsInIdToken?: boolean
}

const NOBODY = { sub: '' }

export async function startOidcProvider(options: Options): Promise<TestProvider> {
  const { redirectUris, clientId = 'brand-coach', claimsInIdToken = true } = options
  const people = new Map<string, Person>()
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const clientSecret = randomBytes(32).toString('base64url')
  let lying: Lie | undefined

  let server = createServer()
  await listen(server, 0)
  const port = portOf(server)
  const issuer = `http://127.0.0.1:${port}`
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [...redirectUris],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'test', alg: 'RS256', use: 'sig' }] },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    claims: { email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: !claimsInIdToken,
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: async () => ({ ...people.get(sub), sub }) }),
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client!.clientId,
        accountId: oidc.session!.accountId!,
      })
      grant.addOIDCScope('openid email profile')
      await grant.save()
      return grant
    },
  })
  provider.use(async (ctx, next) => {
    if (ctx.path.startsWith('/interaction/')) {
      const sub = ctx.get('x-person')
      const result = sub === '' ? { error: 'access_denied' } : { login: { accountId: sub } }
      return provider.interactionFinished(ctx.req, ctx.res, result)
    }
    await next()
    const body = ctx.path === '/token' ? (ctx.body as Record<string, string> | undefined) : undefined
    if (lying && body?.id_token) body.id_token = retold(body.id_token, lying, privateKey)
  })
  server.on('request', provider.callback())

  async function stop(): Promise<void> {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }

  return {
    issuer,
    clientId,
    clientSecret,
    async approve(url, person) {
      people.set(person.sub, person)
      return walk(url, issuer, person)
    },
    deny: (url) => walk(url, issuer, NOBODY),
    lie: (how) => {
      lying = how
    },
    down: stop,
    async up() {
      server = createServer(provider.callback())
      await listen(server, port)
    },
    stop,
  }
}

/** Follows redirects with cookies, as a browser does, until they lead away from the provider. */
async function walk(from: string, issuer: string, { sub }: Person): Promise<URL> {
  const cookies = new Map<string, string>()
  let url = new URL(from)
  for (let hops = 0; hops < 10; hops++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const reply = await fetch(url, { redirect: 'manual', headers: { cookie, 'x-person': sub } })
    for (const line of reply.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (name !== undefined && value !== undefined) cookies.set(name, value)
    }
    const location = reply.headers.get('location')
    if (location === null) throw new Error(`the provider answered ${reply.status}: ${await reply.text()}`)
    await reply.body?.cancel()
    url = new URL(location, url)
    if (url.origin !== issuer) return url
  }
  throw new Error('the provider sent its visitor round in circles')
}

function retold(idToken: string, lie: Lie, key: KeyObject): string {
  const [head, body] = idToken.split('.')
  const { claims, signedBy = key } = lie(JSON.parse(Buffer.from(body!, 'base64url').toString()))
  const unsigned = signedBy === 'nobody'
  const signed = `${unsigned ? part({ alg: 'none' }) : head}.${part(claims)}`
  return `${signed}.${unsigned ? '' : createSign('sha256').update(signed).sign(signedBy, 'base64url')}`
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No TCP port could be had')
  return address.port
}
