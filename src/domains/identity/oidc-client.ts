import * as oidc from 'openid-client'
import type { Config, OidcProviderConfig } from '../../platform/config.ts'
import { AppError, notFound, unavailable } from '../../platform/errors.ts'
import type { Logger } from '../../platform/log.ts'

/** What is known of an authorization that somebody has begun, to be held against what comes back. */
export type Checks = { readonly state: string; readonly nonce: string; readonly verifier: string }

/** Who the provider says somebody is. `issuer` and `subject` together are theirs for good; an address may move. */
export type Identity = {
  readonly provider: string
  readonly issuer: string
  readonly subject: string
  readonly email: string | null
  readonly emailVerified: boolean
  readonly name: string | null
  /** A language tag, such as fr-CD. */
  readonly locale: string | null
}

export type OidcClient = {
  readonly providers: readonly { readonly name: string; readonly label: string }[]
  /** Where to send a browser. 404 `provider.not_found`; 503 `auth.provider_unavailable`. */
  begin(provider: string): Promise<{ readonly url: string; readonly checks: Checks }>
  /**
   * Turns what the provider sent back (the callback's query) into who it is: the code for tokens with PKCE, the id token by
   * signature, issuer, audience, time and nonce. 401 `auth.provider_refused`; 503 `auth.provider_unavailable`.
   */
  finish(provider: string, query: Readonly<Record<string, string>>, checks: Checks): Promise<Identity>
}

const SCOPE = 'openid email profile'
const TIMEOUT_SECONDS = 5
/** OpenID Connect Core, 8. */
const LONGEST_SUBJECT = 255
/** The provider's addresses may move; its keys are asked for again by the library. */
const DISCOVERY_MS = 3_600_000

type Discovered = { readonly until: number; readonly configuration: Promise<oidc.Configuration> }

/** Authorization code flow with PKCE (RFC 7636, 9700), for each provider under an address of its own. Asks nobody before it is needed. */
export function createOidcClient(
  config: Pick<Config, 'oidcProviders' | 'publicUrl'>,
  log: Logger,
): OidcClient {
  const discovered = new Map<string, Discovered>()

  function settingsOf(name: string): OidcProviderConfig {
    const settings = config.oidcProviders.find((provider) => provider.name === name)
    if (!settings) throw notFound('provider', name)
    return settings
  }

  function configurationOf(settings: OidcProviderConfig): Promise<oidc.Configuration> {
    const known = discovered.get(settings.name)
    if (known && known.until > Date.now()) return known.configuration
    const configuration = discover(settings)
    discovered.set(settings.name, { until: Date.now() + DISCOVERY_MS, configuration })
    configuration.catch(() => discovered.delete(settings.name))
    return configuration
  }

  const callbackOf = ({ name }: OidcProviderConfig) => `${config.publicUrl}/api/v1/auth/oidc/${name}/callback`

  function outOfReach(provider: string, error: unknown): AppError {
    log.warn({ provider, error: reasonOf(error) }, 'a provider could not be reached')
    return unavailable(
      'auth.provider_unavailable',
      'This provider does not answer; sign in another way or try later.',
    )
  }

  function refused(provider: string, error: unknown): AppError {
    log.warn({ provider, error: reasonOf(error) }, 'what a provider answered does not hold')
    return new AppError(401, 'auth.provider_refused', 'The provider did not sign you in; begin again.')
  }

  return {
    providers: config.oidcProviders.map(({ name, label }) => ({ name, label })),
    async begin(name) {
      const settings = settingsOf(name)
      const checks = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
      }
      try {
        const url = oidc.buildAuthorizationUrl(await configurationOf(settings), {
          redirect_uri: callbackOf(settings),
          scope: SCOPE,
          state: checks.state,
          nonce: checks.nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(checks.verifier),
          code_challenge_method: 'S256',
        })
        return { url: url.href, checks }
      } catch (error) {
        throw outOfReach(name, error)
      }
    },
    async finish(name, query, checks) {
      const settings = settingsOf(name)
      const returned = new URL(callbackOf(settings))
      returned.search = new URLSearchParams(query).toString()
      try {
        return await identityFrom(name, await configurationOf(settings), returned, checks)
      } catch (error) {
        throw isOutage(error) ? outOfReach(name, error) : refused(name, error)
      }
    },
  }
}

function discover({ issuer, clientId, clientSecret }: OidcProviderConfig): Promise<oidc.Configuration> {
  const overHttp = issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : []
  return oidc.discovery(new URL(issuer), clientId, clientSecret, oidc.ClientSecretPost(clientSecret), {
    timeout: TIMEOUT_SECONDS,
    // The id token's signature is checked too, although it comes from the provider itself.
    execute: [oidc.enableNonRepudiationChecks, ...overHttp],
  })
}

async function identityFrom(
  provider: string,
  configuration: oidc.Configuration,
  returned: URL,
  { state, nonce, verifier }: Checks,
): Promise<Identity> {
  const tokens = await oidc.authorizationCodeGrant(configuration, returned, {
    expectedState: state,
    expectedNonce: nonce,
    pkceCodeVerifier: verifier,
    idTokenExpected: true,
  })
  const { iss, sub, ...claims } = tokens.claims()!
  if (sub.length > LONGEST_SUBJECT) throw new Error('the subject is too long')
  const asks = claims.email === undefined && configuration.serverMetadata().userinfo_endpoint !== undefined
  const told = asks ? await oidc.fetchUserInfo(configuration, tokens.access_token, sub) : claims
  return {
    provider,
    issuer: iss,
    subject: sub,
    email: textOf(told.email),
    emailVerified: told.email_verified === true,
    name: textOf(told.name),
    locale: textOf(told.locale),
  }
}

/** A claim that can be kept; null for what is none, or too long, or would not be shown as it is. */
function textOf(value: unknown): string | null {
  return typeof value === 'string' && /^[^\p{Cc}]{1,255}$/u.test(value) ? value : null
}

const OUTAGES = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
])
/** RFC 6749, 4.1.2.1: the provider's own words for being out of order. */
const OUT_OF_ORDER = new Set(['server_error', 'temporarily_unavailable'])

/** Out of reach or out of order, as against having looked and said no. */
function isOutage(error: unknown): boolean {
  if (error instanceof oidc.ResponseBodyError) return error.status >= 500
  if (error instanceof oidc.AuthorizationResponseError) return OUT_OF_ORDER.has(error.error)
  return error instanceof TypeError || OUTAGES.has(codeOf(error))
}

/** For the log: the library's words, which hold no token and nobody's name. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.message} ${codeOf(error)}`.trim() : String(error)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
