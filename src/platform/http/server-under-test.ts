import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Actor, asSelf } from '../actor.ts'
import { createMemoryCache } from '../cache/memory.ts'
import { systemClock } from '../clock.ts'
import { readConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics/index.ts'
import { buildServer, type ServerOptions } from './server.ts'

/**
 * For this folder's tests: the tokens `member` and `admin` stand for people with that role, `fresh` for the admin who has
 * just proven who they are, `behalf` for the member while a super admin acts for them.
 */
export async function serve(routes: FastifyPluginAsyncTypebox, options: Partial<ServerOptions> = {}) {
  const config = readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent', PUBLIC_URL: 'http://app.example' })
  const log = createLog(config)
  return buildServer({
    config,
    log,
    cache: createMemoryCache({ log }),
    gate: { isClosed: () => false },
    metrics: createMetrics(),
    clock: systemClock,
    permissions: { 'staff.see': ['admin'] },
    authenticate: async (token) => people[token] ?? null,
    recordReadOnBehalf: async () => {},
    readiness: [],
    plugins: [{ prefix: '/api/v1', routes }],
    ...options,
  })
}

const member = { ...asSelf('0198f0a0-0000-7000-8000-000000000001'), roles: ['member'], sessionId: 's1' }
const admin = { ...asSelf('0198f0a0-0000-7000-8000-000000000002'), roles: ['admin'], sessionId: 's2' }

const people: Readonly<Record<string, Actor>> = {
  member,
  admin,
  get fresh() {
    return { ...admin, provenAt: Date.now() }
  },
  behalf: { ...member, sessionId: 's3', impersonatorId: '0198f0a0-0000-7000-8000-000000000003' },
}

export const asMember = { authorization: 'Bearer member' }
export const asAdmin = { authorization: 'Bearer admin' }
export const asFreshAdmin = { authorization: 'Bearer fresh' }
export const onBehalf = { authorization: 'Bearer behalf' }
