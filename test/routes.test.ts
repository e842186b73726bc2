import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { listRoutes } from '../src/app/route-list.ts'
import { PERMISSIONS } from '../src/domains/identity/index.ts'
import { readConfig } from '../src/platform/config.ts'
import { LIMITS, type LimitRules, type RouteRule } from '../src/platform/http/index.ts'
import { createLog } from '../src/platform/log.ts'

/** Changes that everybody may ask for without a strict limit, each with its reason. */
const OPEN_CHANGES: Readonly<Record<string, string>> = {
  'POST /api/v1/auth/password-strength': 'changes nothing: a password has no place in an address',
  'POST /api/v1/hooks/mail/bounces': 'does nothing for who does not know its secret',
  'POST /api/v1/hooks/sms/reports': 'does nothing for who does not know its secret',
  'POST /api/v1/notifications/unsubscribe':
    'a signed link is its right; mail providers post for many people at once',
  'PUT /api/v1/notifications/subscription': 'a signed link is its right',
  'POST /storage': 'takes a file only with a form that was signed for somebody who was counted then',
}

/** What is served to everybody during maintenance, beside the pages of the reference. */
const OPEN_IN_MAINTENANCE: Readonly<Record<string, string>> = {
  'GET /': 'leads to the reference',
  'GET /openapi.json': 'the reference itself',
  'GET /health/live': 'a probe',
  'GET /health/ready': 'a probe',
  'GET /metrics': 'for Prometheus',
  'GET /api/v1/settings': 'tells that it is maintenance',
  'POST /api/v1/auth/login': 'leads staff in',
  'POST /api/v1/auth/second-factor': 'leads staff in',
  'POST /api/v1/auth/step-up': 'leads staff in',
  'POST /api/v1/auth/step-up/passkey-challenges': 'leads staff in',
  'POST /api/v1/auth/passkey': 'leads staff in',
  'POST /api/v1/auth/passkey-challenges': 'leads staff in',
  'GET /api/v1/auth/providers': 'leads staff in',
  'POST /api/v1/auth/oidc/:provider/authorizations': 'leads staff in',
  'GET /api/v1/auth/oidc/:provider/callback': 'leads staff in',
  'DELETE /api/v1/auth/impersonation': 'leads a super admin back to who they are',
  'GET /api/v1/auth/session': 'tells who is in, and lets them out',
  'POST /api/v1/auth/logout': 'tells who is in, and lets them out',
}

/**
 * What a super admin may change while they act as somebody else. Everything else is refused to them: money, passwords,
 * factors, addresses, sessions, and what is a person's own word.
 */
const ON_BEHALF = [
  'DELETE /api/v1/auth/impersonation',
  'DELETE /api/v1/comments/:comment_id',
  'DELETE /api/v1/comments/:comment_id/reactions/:reaction_type',
  'DELETE /api/v1/me/cover',
  'DELETE /api/v1/me/followers/:user_id',
  'DELETE /api/v1/me/photo',
  'DELETE /api/v1/me/skills/:tag_id',
  'DELETE /api/v1/media-uploads/:asset_id',
  'DELETE /api/v1/people/:user_id/block',
  'DELETE /api/v1/people/:user_id/follow',
  'DELETE /api/v1/people/:user_id/mute',
  'DELETE /api/v1/posts/:post_id',
  'DELETE /api/v1/posts/:post_id/reactions/:reaction_type',
  'PATCH /api/v1/comments/:comment_id',
  'PATCH /api/v1/me/account',
  'PATCH /api/v1/me/profile',
  'PATCH /api/v1/posts/:post_id',
  'POST /api/v1/auth/logout',
  'POST /api/v1/media-uploads',
  'POST /api/v1/media-uploads/:asset_id/completion',
  'POST /api/v1/posts',
  'POST /api/v1/posts/:post_id/comments',
  'POST /api/v1/programs/:program_id/enrollments',
  'PUT /api/v1/comments/:comment_id/reactions/:reaction_type',
  'PUT /api/v1/lessons/:lesson_id/progress',
  'PUT /api/v1/me/skills/:tag_id',
  'PUT /api/v1/people/:user_id/block',
  'PUT /api/v1/people/:user_id/follow',
  'PUT /api/v1/people/:user_id/mute',
  'PUT /api/v1/posts/:post_id/reactions/:reaction_type',
]

const ROLES = ['member', 'coach', 'partner', 'admin', 'super_admin']
const SAFE = /^(GET|HEAD|OPTIONS)(, (GET|HEAD|OPTIONS))*$/

describe('every route', () => {
  let rules: readonly RouteRule[]
  before(async () => {
    const config = readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent' })
    rules = (await listRoutes({ config, log: createLog(config) })).filter(
      ({ path }) => !path.startsWith('/docs'),
    )
  })
  const nameOf = ({ method, path }: RouteRule) => `${method} ${path}`
  const named = (chosen: (rule: RouteRule) => boolean) => rules.filter(chosen).map(nameOf).sort()

  test('has a rule, and there are as many as the API has', () => {
    assert.ok(rules.length > 30)
    for (const rule of rules) assert.match(rule.access, /^(public|signed_in|permission)$/, nameOf(rule))
    assert.equal(new Set(rules.map(nameOf)).size, rules.length)
  })

  test('has a limit of the table; only probes have none', () => {
    for (const rule of rules)
      assert.ok(rule.limit === 'none' || Object.hasOwn(LIMITS, rule.limit), nameOf(rule))
    const uncounted = named(({ limit, method }) => limit === 'none' && method !== 'HEAD')
    assert.deepEqual(uncounted, ['GET /health/live', 'GET /health/ready', 'GET /metrics'])
  })

  test('that changes something for everybody who asks has a strict limit, or a reason', () => {
    const isStrict = ({ limit }: RouteRule) => limit !== 'none' && (LIMITS[limit] as LimitRules).strict
    const open = named((rule) => rule.access === 'public' && !SAFE.test(rule.method) && !isStrict(rule))
    assert.deepEqual(open, Object.keys(OPEN_CHANGES).sort())
  })

  test('that wants a permission wants one that somebody has, of the roles that there are', () => {
    for (const rule of rules.filter(({ access }) => access === 'permission')) {
      assert.ok(rule.roles.length > 0, `${nameOf(rule)}: nobody has ${rule.permission}`)
      for (const role of rule.roles) assert.ok(ROLES.includes(role), `${nameOf(rule)}: ${role}`)
    }
  })

  test('or an operation behind it uses every permission that the table has', () => {
    const used = new Set([...rules.map(({ permission }) => permission), ...permissionsOfOperations()])
    assert.deepEqual(
      Object.keys(PERMISSIONS).filter((permission) => !used.has(permission)),
      [],
    )
  })

  test('under /admin is for those who have a permission', () => {
    const open = named(({ path, access }) => /\/admin(\/|$)/.test(path) && access !== 'permission')
    assert.deepEqual(open, [])
  })

  test('that needs a proof is not done on behalf of somebody else', () => {
    assert.deepEqual(
      named(({ proof, impersonation }) => proof && impersonation),
      [],
    )
  })

  test('that changes something is done on behalf of somebody else only where that was decided', () => {
    assert.deepEqual(
      named(({ impersonation, method }) => impersonation && !SAFE.test(method)),
      ON_BEHALF,
    )
  })

  test('is closed during maintenance but for probes and what leads staff in', () => {
    const open = named(({ inMaintenance, method }) => inMaintenance && method !== 'HEAD')
    assert.deepEqual(open, Object.keys(OPEN_IN_MAINTENANCE).sort())
  })
})

/** Those that operations ask for themselves, where it depends on more than the route. */
function permissionsOfOperations(): string[] {
  const domains = join(import.meta.dirname, '../src/domains')
  const files = globSync('**/*.ts', { cwd: domains }).filter((file) => !file.endsWith('.test.ts'))
  const source = files.map((file) => readFileSync(join(domains, file), 'utf8')).join('\n')
  return [...source.matchAll(/\bmay\(\w+, '([^']+)'\)/g)].map(([, permission]) => permission!)
}
