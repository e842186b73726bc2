import { isIP } from 'node:net'
import path from 'node:path'
import { OperatorError } from './errors.ts'

/** A variable that cannot be used. The message is one line: which variable, what it was, what is expected. */
export class ConfigError extends OperatorError {
  override readonly name = 'ConfigError'
}

export type LogLevel = (typeof LOG_LEVELS)[number]

export type S3Config = {
  readonly endpoint: string | null
  readonly region: string
  readonly bucket: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly forcePathStyle: boolean
}

/** Somebody that people may sign in with (OpenID Connect). */
export type OidcProviderConfig = {
  /** In addresses and the variables' names. */
  readonly name: string
  /** What people call it. */
  readonly label: string
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
}

/** The number stands in every value that the key sealed; 32 bytes of key. */
export type FieldKey = { readonly id: number; readonly key: Buffer }

export type MailAddress = { readonly name: string; readonly address: string }

export type AfricasTalkingConfig = {
  readonly url: string
  readonly username: string
  readonly apiKey: string
  /** The sender id or short code that people see; null: the gateway's own. */
  readonly sender: string | null
}

/** In minor units of `currency`, the one that the gateway bills in. */
export type SmsBudget = {
  readonly currency: string
  /** What notices may cost in a month (UTC). */
  readonly monthlyCap: number
  /** What codes for signing in and proving may cost beyond it. */
  readonly codeReserve: number
  /** What one segment costs until the gateway says what it did. */
  readonly segmentCost: number
}

export type PushConfig = {
  /** The private half of VAPID (RFC 8292), 32 bytes; null: one made from the secret key. */
  readonly vapidKey: Buffer | null
  /** How a push service reaches us: `mailto:` or an address of the web. Null: the public address. */
  readonly contact: string | null
  /** Host names of push services, `*.example.org` for all below one; `*` alone: any public one. */
  readonly services: readonly string[]
  /** The origin of a push service for tests, which may be http and on this machine; never in production. */
  readonly testService: string | null
}

/** Whose word about a client's address is taken: nobody's, of so many proxies in front, or of those in these networks. */
export type TrustedProxies = { readonly hops: number } | { readonly networks: readonly Network[] } | null
export type Network = { readonly address: string; readonly prefix: number }

export type Config = {
  readonly env: 'development' | 'production' | 'test'
  readonly port: number
  readonly host: string
  /** Absolute. Holds the embedded database, local files, the outbox and the generated key. */
  readonly dataDir: string
  /** Both null: the embedded database. */
  readonly databaseUrl: string | null
  readonly databaseOwnerUrl: string | null
  readonly databaseWorkerUrl: string | null
  readonly databaseReplicaUrls: readonly string[]
  readonly databasePoolSize: number
  readonly preparedStatements: boolean
  readonly statementTimeoutMs: number
  readonly redisUrl: string | null
  readonly s3: S3Config | null
  /** Null: mail is written into the data folder's outbox. */
  readonly smtpUrl: string | null
  /** Null only where there is no SMTP server either. */
  readonly mailFrom: MailAddress | null
  /** Where servers report what they could not deliver, `bounces@…`; each mail adds who it was for. Null: to the sender. */
  readonly mailBounceAddress: string | null
  /** What a mail server says with its reports to /api/v1/hooks/mail/bounces; null: that door is closed. */
  readonly mailHookSecret: string | null
  /** Null: SMS are written into the outbox. */
  readonly africasTalking: AfricasTalkingConfig | null
  readonly smsBudget: SmsBudget
  /** What the gateway says with its reports to /api/v1/hooks/sms/reports; null: that door is closed. */
  readonly smsHookSecret: string | null
  readonly push: PushConfig
  /** Null only until the start has generated one into the data folder. */
  readonly secretKey: string | null
  /** The first one seals; empty: one made from the secret key. */
  readonly fieldKeys: readonly FieldKey[]
  /** The first one signs audit rows, all of them verify; empty: one made from the secret key. */
  readonly auditKeys: readonly FieldKey[]
  /** Null: one made from the secret key. */
  readonly indexKey: Buffer | null
  /** The one that will take its place; written beside it meanwhile. */
  readonly nextIndexKey: Buffer | null
  readonly oidcProviders: readonly OidcProviderConfig[]
  readonly publicUrl: string
  readonly corsOrigins: readonly string[]
  readonly trustProxy: TrustedProxies
  /** The header in which the trusted proxy tells the client's country (ISO 3166-1 alpha-2), in lower case. */
  readonly countryHeader: string | null
  /** How long somebody who has their account deleted may come back, before it is erased (R11). */
  readonly erasureGraceDays: number
  readonly logLevel: LogLevel
  /** Bearer token for /metrics from elsewhere than this machine; null: only from this machine. */
  readonly metricsToken: string | null
  /** False: reads are never cached; sessions and limits still live in the cache. For benchmarks. */
  readonly cacheEnabled: boolean
  /** False: nobody is counted by the server itself. For benchmarks. */
  readonly rateLimits: boolean
  /** How many live streams a process holds open; each takes a connection and about 20 KB. */
  readonly maxStreams: number
  /** Started by `npm start` and the like: a shell stands between, which keeps signals to itself. */
  readonly underNpm: boolean
}

/** The configuration of a running process: the start has opened the database and found or made the key. */
export type ReadyConfig = Config & {
  readonly databaseUrl: string
  readonly databaseWorkerUrl: string
  readonly secretKey: string
}

const ENVIRONMENTS = ['development', 'production', 'test'] as const
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
const SECRET_KEY_LENGTH = 32

/** Reads and checks every variable once. Empty counts as unset. Throws ConfigError at the first bad one. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const read = reader(env)
  const environment = read.choice('NODE_ENV', ENVIRONMENTS, 'development')
  const port = read.whole('PORT', 3000, 1, 65535)
  const host = read.text('HOST') ?? '127.0.0.1'
  const databaseUrl = read.url('DATABASE_URL', POSTGRES)
  return {
    env: environment,
    port,
    host,
    dataDir: path.resolve(read.text('DATA_DIR') ?? '.data'),
    databaseUrl,
    databaseOwnerUrl: read.url('DATABASE_OWNER_URL', POSTGRES),
    databaseWorkerUrl: read.url('DATABASE_WORKER_URL', POSTGRES) ?? workerUrl(databaseUrl),
    databaseReplicaUrls: read
      .list('DATABASE_REPLICA_URLS')
      .map((url) => checkedUrl('DATABASE_REPLICA_URLS', url, POSTGRES)),
    databasePoolSize: read.whole('DATABASE_POOL_SIZE', 8, 1, 1000),
    preparedStatements: read.onOff('DATABASE_PREPARED', true),
    statementTimeoutMs: read.whole('DATABASE_STATEMENT_TIMEOUT_MS', 15_000, 0, 3_600_000),
    redisUrl: read.url('REDIS_URL', ['redis:', 'rediss:']),
    s3: readS3(read),
    ...readSmtp(read),
    mailBounceAddress: readBounceAddress(read),
    mailHookSecret: readHookSecret(read, 'MAIL_HOOK_SECRET'),
    africasTalking: readAfricasTalking(read),
    smsBudget: readSmsBudget(read),
    smsHookSecret: readHookSecret(read, 'SMS_HOOK_SECRET'),
    push: readPush(read, environment),
    secretKey: readSecretKey(read, environment),
    fieldKeys: readKeys(read, 'FIELD_KEYS'),
    auditKeys: readKeys(read, 'AUDIT_KEYS'),
    indexKey: readIndexKey(read, 'INDEX_KEY'),
    nextIndexKey: readIndexKey(read, 'INDEX_KEY_NEXT'),
    oidcProviders: readOidcProviders(read, environment),
    publicUrl: (read.url('PUBLIC_URL', WEB) ?? localUrl(host, port)).replace(/\/$/, ''),
    corsOrigins: read.list('CORS_ORIGINS').map((url) => new URL(checkedUrl('CORS_ORIGINS', url, WEB)).origin),
    trustProxy: readTrustedProxies(read),
    countryHeader: read.text('COUNTRY_HEADER')?.toLowerCase() ?? null,
    erasureGraceDays: read.whole('ERASURE_GRACE_DAYS', 21, 0, 29),
    logLevel: read.choice('LOG_LEVEL', LOG_LEVELS, 'info'),
    metricsToken: read.text('METRICS_TOKEN'),
    cacheEnabled: read.onOff('CACHE', true),
    rateLimits: read.onOff('RATE_LIMITS', true),
    maxStreams: read.whole('MAX_STREAMS', 12_000, 1, 1_000_000),
    underNpm: read.text('npm_lifecycle_event') !== null,
  }
}

const POSTGRES = ['postgres:', 'postgresql:']
const WEB = ['http:', 'https:']
const MAIL_ADDRESS = /^(?:([^<>"@,;\p{Cc}]*)<([^\s<>@,;"]+@[^\s<>@,;"]+)>|([^\s<>@,;"]+@[^\s<>@,;"]+))$/u
const AFRICASTALKING_URL = 'https://api.africastalking.com/version1/messaging'

type Reader = ReturnType<typeof reader>

function reader(env: NodeJS.ProcessEnv) {
  const text = (name: string): string | null => env[name]?.trim() || null
  const choice = <T extends string>(name: string, allowed: readonly T[], fallback: T): T => {
    const value = text(name)
    if (value === null) return fallback
    return allowed.find((one) => one === value) ?? refuse(name, value, `one of ${allowed.join(', ')}`)
  }
  return {
    text,
    choice,
    onOff: (name: string, fallback: boolean): boolean =>
      choice(name, ['on', 'off'], fallback ? 'on' : 'off') === 'on',
    whole(name: string, fallback: number, least: number, most: number): number {
      const value = text(name)
      if (value === null) return fallback
      const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN
      return number >= least && number <= most
        ? number
        : refuse(name, value, `a whole number from ${least} to ${most}`)
    },
    url(name: string, protocols: readonly string[]): string | null {
      const value = text(name)
      return value === null ? null : checkedUrl(name, value, protocols)
    },
    list: (name: string): string[] =>
      (text(name) ?? '')
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
  }
}

function readS3(read: Reader): S3Config | null {
  const bucket = read.text('S3_BUCKET')
  if (bucket === null) return null
  const endpoint = read.url('S3_ENDPOINT', WEB)
  return {
    endpoint,
    region: read.text('S3_REGION') ?? 'us-east-1',
    bucket,
    accessKeyId: read.text('S3_ACCESS_KEY_ID') ?? missing('S3_ACCESS_KEY_ID', 'S3_BUCKET is set'),
    secretAccessKey: read.text('S3_SECRET_ACCESS_KEY') ?? missing('S3_SECRET_ACCESS_KEY', 'S3_BUCKET is set'),
    forcePathStyle: read.onOff('S3_FORCE_PATH_STYLE', endpoint !== null),
  }
}

function readSmtp(read: Reader): Pick<Config, 'smtpUrl' | 'mailFrom'> {
  const smtpUrl = read.url('SMTP_URL', ['smtp:', 'smtps:'])
  const from = read.text('MAIL_FROM')
  if (from === null)
    return { smtpUrl, mailFrom: smtpUrl === null ? null : missing('MAIL_FROM', 'SMTP_URL is set') }
  const [, name = '', long, short] = MAIL_ADDRESS.exec(from) ?? []
  const address = long ?? short ?? refuse('MAIL_FROM', from, 'an address, or Name <address>')
  return { smtpUrl, mailFrom: { name: name.trim(), address } }
}

function readAfricasTalking(read: Reader): AfricasTalkingConfig | null {
  const username = read.text('AFRICASTALKING_USERNAME')
  const url = read.url('AFRICASTALKING_URL', WEB) ?? AFRICASTALKING_URL
  if (username === null) return null
  const apiKey = read.text('AFRICASTALKING_API_KEY')
  return {
    url,
    username,
    apiKey: apiKey ?? missing('AFRICASTALKING_API_KEY', 'AFRICASTALKING_USERNAME is set'),
    sender: read.text('SMS_SENDER'),
  }
}

/** What is added to the name has 53 letters of the 64 that a name may have (RFC 5321, 4.5.3.1). */
function readBounceAddress(read: Reader): string | null {
  const address = read.text('MAIL_BOUNCE_ADDRESS')
  if (address === null || /^[a-z0-9._-]{1,11}@[a-z0-9.-]{1,190}$/i.test(address)) return address
  return refuse(
    'MAIL_BOUNCE_ADDRESS',
    address,
    'an address with at most 11 letters before the @ and no + in them',
  )
}

/** It stands in an address or a header, so it is letters and digits. */
function readHookSecret(read: Reader, name: string): string | null {
  const secret = read.text(name)
  if (secret === null || /^[A-Za-z0-9_-]{32,200}$/.test(secret)) return secret
  return refuseSecret(name, secret, '32 to 200 letters, digits, - and _')
}

function readSmsBudget(read: Reader): SmsBudget {
  const currency = read.text('SMS_CURRENCY') ?? 'KES'
  return {
    currency: /^[A-Z]{3}$/.test(currency)
      ? currency
      : refuse('SMS_CURRENCY', currency, 'a code such as KES (ISO 4217)'),
    monthlyCap: read.whole('SMS_MONTHLY_CAP', 500_000, 0, 999_999_999),
    codeReserve: read.whole('SMS_CODE_RESERVE', 100_000, 0, 999_999_999),
    segmentCost: read.whole('SMS_SEGMENT_COST', 100, 0, 100_000),
  }
}

/** Chrome and what is made of it, Firefox, Edge on Windows, Safari. */
const PUSH_SERVICES = [
  'fcm.googleapis.com',
  '*.push.services.mozilla.com',
  '*.notify.windows.com',
  '*.push.apple.com',
]

function readPush(read: Reader, environment: Config['env']): PushConfig {
  const key = read.text('VAPID_PRIVATE_KEY')
  const contact = read.text('VAPID_CONTACT')
  if (contact !== null && !/^(?:mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/.test(contact))
    refuse('VAPID_CONTACT', contact, 'mailto:… or https://…')
  const services = read.list('PUSH_SERVICES').map((name) => name.toLowerCase())
  const odd = services.find((name) => !/^(?:\*|(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+)$/.test(name))
  if (odd !== undefined) refuse('PUSH_SERVICES', odd, 'host names, *.example.org, or * alone')
  return {
    vapidKey:
      key === null
        ? null
        : (vapidKeyFrom(key) ?? refuseSecret('VAPID_PRIVATE_KEY', key, '32 bytes in base64url')),
    contact,
    services: services.length > 0 ? services : PUSH_SERVICES,
    testService: readTestService(read, environment),
  }
}

function vapidKeyFrom(text: string): Buffer | null {
  const key = Buffer.from(text, 'base64url')
  return key.length === 32 && key.toString('base64url') === text.replace(/=+$/, '') ? key : null
}

function readTestService(read: Reader, environment: Config['env']): string | null {
  const url = read.url('PUSH_TEST_SERVICE', WEB)
  if (url === null) return null
  if (environment === 'production')
    refuse('PUSH_TEST_SERVICE', url, 'nothing in production: it may be on this machine')
  return new URL(url).origin
}

function readTrustedProxies(read: Reader): TrustedProxies {
  const value = read.text('TRUST_PROXY') ?? 'off'
  if (value === 'off') return null
  if (value === 'on') return { hops: 1 }
  if (/^[1-9]$/.test(value)) return { hops: Number(value) }
  const networks = read.list('TRUST_PROXY').map(networkFrom)
  const expected = 'off, on (one proxy), the number of proxies, or their addresses such as 10.0.0.0/8, ::1'
  return networks.length > 0 && networks.every((network) => network !== undefined)
    ? { networks }
    : refuse('TRUST_PROXY', value, expected)
}

function networkFrom(text: string): Network | undefined {
  const [address = '', length] = text.split('/')
  const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0
  const prefix = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN
  // A network of length 0 is everybody: then nobody's address is known.
  return prefix >= 1 && prefix <= bits ? { address, prefix } : undefined
}

function readSecretKey(read: Reader, environment: Config['env']): string | null {
  const key = read.text('SECRET_KEY')
  if (key === null)
    return environment === 'production' ? missing('SECRET_KEY', 'NODE_ENV is production') : null
  if (key.length >= SECRET_KEY_LENGTH) return key
  return refuseSecret('SECRET_KEY', key, `at least ${SECRET_KEY_LENGTH}`)
}

/** What an entry was is a secret, so only its place is told. */
function readKeys(read: Reader, name: string): FieldKey[] {
  return read.list(name).map((entry, index, entries) => {
    const [, number, text] = /^(\d{1,3}):(.+)$/.exec(entry) ?? []
    const key = keyFrom(text ?? '')
    const id = Number(number)
    const taken = entries.findIndex((other) => Number.parseInt(other, 10) === id) !== index
    if (key && id >= 1 && id <= 255 && !taken) return { id, key }
    throw new ConfigError(
      `${name} has a bad entry, number ${index + 1}: expected <id>:<base64>, an id from 1 to 255 used once, and 32 bytes`,
    )
  })
}

function readIndexKey(read: Reader, name: string): Buffer | null {
  const text = read.text(name)
  if (text === null) return null
  return keyFrom(text) ?? refuseSecret(name, text, '32 bytes in base64')
}

function keyFrom(base64: string): Buffer | null {
  const key = Buffer.from(base64, 'base64')
  return key.length === 32 && key.toString('base64') === base64 ? key : null
}

/** OIDC_PROVIDERS names them; each has variables of its own. Secrets and codes may pass in the clear on one machine only. */
function readOidcProviders(read: Reader, environment: Config['env']): OidcProviderConfig[] {
  return read.list('OIDC_PROVIDERS').map((name, index, names) => {
    if (!/^[a-z][a-z0-9]{0,29}$/.test(name) || names.indexOf(name) !== index) {
      return refuse('OIDC_PROVIDERS', name, 'names of small letters and digits, each once')
    }
    const prefix = `OIDC_${name.toUpperCase()}`
    const needed = (variable: string) =>
      read.text(variable) ?? missing(variable, `OIDC_PROVIDERS names ${name}`)
    return {
      name,
      label: read.text(`${prefix}_LABEL`) ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      issuer: checkedUrl(
        `${prefix}_ISSUER`,
        needed(`${prefix}_ISSUER`),
        environment === 'production' ? ['https:'] : WEB,
      ),
      clientId: needed(`${prefix}_CLIENT_ID`),
      clientSecret: needed(`${prefix}_CLIENT_SECRET`),
    }
  })
}

function workerUrl(databaseUrl: string | null): string | null {
  if (databaseUrl === null) return null
  const url = new URL(databaseUrl)
  url.username = 'app_worker'
  return url.href
}

function localUrl(host: string, port: number): string {
  const everywhere = host === '0.0.0.0' || host === '::'
  return `http://${everywhere || host === '127.0.0.1' ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}`
}

function checkedUrl(name: string, value: string, protocols: readonly string[]): string {
  const expected = `a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`
  if (!URL.canParse(value)) throw new ConfigError(`${name} is not a URL: expected ${expected}`)
  const url = new URL(value)
  if (!protocols.includes(url.protocol)) return refuse(name, withoutPassword(url), expected)
  return value
}

function withoutPassword(url: URL): string {
  if (url.password !== '') url.password = '***'
  return url.href
}

function refuse(name: string, value: string, expected: string): never {
  const shown = JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)
  throw new ConfigError(`${name} is ${shown}: expected ${expected}`)
}

/** Nobody may read in a log what it was. */
function refuseSecret(name: string, value: string, expected: string): never {
  throw new ConfigError(`${name} has ${value.length} characters: expected ${expected}`)
}

function missing(name: string, because: string): never {
  throw new ConfigError(`${name} is not set: expected a value, since ${because}`)
}
