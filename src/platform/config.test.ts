import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { ConfigError, readConfig } from './config.ts'

const aKey = Buffer.alloc(32, 7).toString('base64')

test('with nothing set, everything has its default', () => {
  const config = readConfig({})
  assert.equal(config.env, 'development')
  assert.equal(config.port, 3000)
  assert.equal(config.host, '127.0.0.1')
  assert.equal(config.dataDir, path.resolve('.data'))
  assert.equal(config.databaseUrl, null)
  assert.equal(config.publicUrl, 'http://localhost:3000')
  assert.equal(config.s3, null)
  assert.equal(config.cacheEnabled, true)
})

test('the worker URL is the application URL with the worker role', () => {
  const config = readConfig({ DATABASE_URL: 'postgres://app_user:s%40cret@db:5433/brandcoach' })
  assert.equal(config.databaseWorkerUrl, 'postgres://app_worker:s%40cret@db:5433/brandcoach')
})

test('lists and switches are read', () => {
  const config = readConfig({
    CORS_ORIGINS: 'https://a.example, https://b.example/',
    DATABASE_REPLICA_URLS: 'postgres://one/db,postgres://two/db',
    DATABASE_PREPARED: 'off',
    CACHE: 'off',
    RATE_LIMITS: 'off',
  })
  assert.deepEqual(config.corsOrigins, ['https://a.example', 'https://b.example'])
  assert.equal(config.databaseReplicaUrls.length, 2)
  assert.deepEqual([config.preparedStatements, config.cacheEnabled, config.rateLimits], [false, false, false])
})

test('field keys are read in their order', () => {
  const { fieldKeys, indexKey } = readConfig({ FIELD_KEYS: `7:${aKey}, 3:${aKey}`, INDEX_KEY: aKey })
  assert.deepEqual([fieldKeys.map(({ id }) => id), indexKey?.length], [[7, 3], 32])
})

test('a proxy is trusted by number of hops, or by where it stands', () => {
  const trusted = (TRUST_PROXY: string) => readConfig({ TRUST_PROXY }).trustProxy
  assert.equal(trusted(''), null)
  assert.equal(trusted('off'), null)
  assert.deepEqual(trusted('on'), { hops: 1 })
  assert.deepEqual(trusted('2'), { hops: 2 })
  assert.deepEqual(trusted('10.0.0.0/8, 192.0.2.1,2001:db8::/32'), {
    networks: [
      { address: '10.0.0.0', prefix: 8 },
      { address: '192.0.2.1', prefix: 32 },
      { address: '2001:db8::', prefix: 32 },
    ],
  })
})

test('mail has a sender with or without a name', () => {
  const from = (MAIL_FROM: string) => readConfig({ MAIL_FROM }).mailFrom
  assert.deepEqual(from('The House <house@example.org>'), { name: 'The House', address: 'house@example.org' })
  assert.deepEqual(from('house@example.org'), { name: '', address: 'house@example.org' })
})

const google = {
  OIDC_PROVIDERS: 'google',
  OIDC_GOOGLE_ISSUER: 'http://accounts.example',
  OIDC_GOOGLE_CLIENT_ID: 'us',
  OIDC_GOOGLE_CLIENT_SECRET: 'hidden',
}

test('providers to sign in with are read with variables of their own', () => {
  const keycloak = {
    OIDC_KEYCLOAK_ISSUER: 'https://id.example/realms/one',
    OIDC_KEYCLOAK_CLIENT_ID: 'we',
    OIDC_KEYCLOAK_CLIENT_SECRET: 'hidden too',
    OIDC_KEYCLOAK_LABEL: 'Our school',
  }
  const { oidcProviders } = readConfig({ ...google, ...keycloak, OIDC_PROVIDERS: 'google, keycloak' })
  assert.deepEqual(
    oidcProviders.map(({ name, label, issuer, clientId }) => [name, label, issuer, clientId]),
    [
      ['google', 'Google', 'http://accounts.example', 'us'],
      ['keycloak', 'Our school', 'https://id.example/realms/one', 'we'],
    ],
  )
})

test('a bad value is refused in one line that names the variable, the value and what is expected', () => {
  const refused: [NodeJS.ProcessEnv, string][] = [
    [{ PORT: 'abc' }, 'PORT is "abc": expected a whole number from 1 to 65535'],
    [{ PORT: '0' }, 'PORT is "0": expected a whole number from 1 to 65535'],
    [{ PORT: '3000.5' }, 'PORT is "3000.5": expected a whole number from 1 to 65535'],
    [{ NODE_ENV: 'prod' }, 'NODE_ENV is "prod": expected one of development, production, test'],
    ...['0', '10', 'proxy.example', '10.0.0.0/33', '0.0.0.0/0', '10.0.0.0/8 ::1', '::1/', ','].map(
      (TRUST_PROXY): [NodeJS.ProcessEnv, string] => [
        { TRUST_PROXY },
        `TRUST_PROXY is "${TRUST_PROXY}": expected off, on (one proxy), the number of proxies, or their addresses such as 10.0.0.0/8, ::1`,
      ],
    ),
    [{ CACHE: 'yes' }, 'CACHE is "yes": expected one of on, off'],
    [
      { DATABASE_URL: 'mysql://u:hidden@h/d' },
      'DATABASE_URL is "mysql://u:***@h/d": expected a URL that begins with postgres:// or postgresql://',
    ],
    [
      { REDIS_URL: 'nonsense' },
      'REDIS_URL is not a URL: expected a URL that begins with redis:// or rediss://',
    ],
    [{ SECRET_KEY: 'short' }, 'SECRET_KEY has 5 characters: expected at least 32'],
    [{ INDEX_KEY: 'c2hvcnQ=' }, 'INDEX_KEY has 8 characters: expected 32 bytes in base64'],
    ...['x', `0:${aKey}`, `256:${aKey}`, `1:${aKey.slice(4)}`, `1:${aKey}=`, `1:${aKey},1:${aKey}`].map(
      (keys): [NodeJS.ProcessEnv, string] => [
        { FIELD_KEYS: keys },
        `FIELD_KEYS has a bad entry, number ${keys.includes(',') ? 2 : 1}: expected <id>:<base64>, an id from 1 to 255 used once, and 32 bytes`,
      ],
    ),
    [
      { ...google, OIDC_PROVIDERS: 'google,Google' },
      'OIDC_PROVIDERS is "Google": expected names of small letters and digits, each once',
    ],
    [
      { ...google, OIDC_PROVIDERS: 'google,google' },
      'OIDC_PROVIDERS is "google": expected names of small letters and digits, each once',
    ],
    [
      { ...google, OIDC_GOOGLE_CLIENT_SECRET: '' },
      'OIDC_GOOGLE_CLIENT_SECRET is not set: expected a value, since OIDC_PROVIDERS names google',
    ],
    [
      { ...google, SECRET_KEY: 'x'.repeat(32), NODE_ENV: 'production' },
      'OIDC_GOOGLE_ISSUER is "http://accounts.example/": expected a URL that begins with https://',
    ],
    [{ NODE_ENV: 'production' }, 'SECRET_KEY is not set: expected a value, since NODE_ENV is production'],
    [
      { SMTP_URL: 'mail.example' },
      'SMTP_URL is not a URL: expected a URL that begins with smtp:// or smtps://',
    ],
    [
      { SMTP_URL: 'http://u:hidden@mail.example', MAIL_FROM: 'a@b.example' },
      'SMTP_URL is "http://u:***@mail.example/": expected a URL that begins with smtp:// or smtps://',
    ],
    [{ SMTP_URL: 'smtp://mail.example' }, 'MAIL_FROM is not set: expected a value, since SMTP_URL is set'],
    [{ MAIL_FROM: 'The House' }, 'MAIL_FROM is "The House": expected an address, or Name <address>'],
    [
      { MAIL_FROM: 'a@b.example, c@d.example' },
      'MAIL_FROM is "a@b.example, c@d.example": expected an address, or Name <address>',
    ],
    [
      { AFRICASTALKING_USERNAME: 'house' },
      'AFRICASTALKING_API_KEY is not set: expected a value, since AFRICASTALKING_USERNAME is set',
    ],
    [{ S3_BUCKET: 'files' }, 'S3_ACCESS_KEY_ID is not set: expected a value, since S3_BUCKET is set'],
    [
      { LOG_LEVEL: 'a\nb' },
      'LOG_LEVEL is "a\\nb": expected one of fatal, error, warn, info, debug, trace, silent',
    ],
  ]
  for (const [env, message] of refused) {
    assert.throws(() => readConfig(env), new ConfigError(message))
  }
})
