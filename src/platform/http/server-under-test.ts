import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Actor, asSelf } from '../actor.ts'
import { systemClock } from '../clock.ts'
import { readConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics/index.ts'
import { buildServer, type ServerOptions } from './server.ts'

/** For this folder's tests: the tokens `member` and `admin` stand for people with that role. */
export async function serve(routes: FastifyPluginAsyncTypebox, options: Partial<ServerOptions> = {}) {
  const config = readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent', PUBLIC_URL: 'http://app.example' })
  return buildServer({
    config,
    log: createLog(config),
    metrics: createMetrics(),
    clock: systemClock,
    permissions: { 'staff.see': ['admin'] },
    authenticate: async (token) => people[token] ?? null,
    readiness: [],
    plugins: [{ prefix: '/api/v1', routes }],
    ...options,
  })
}

const people: Readonly<Record<string, Actor>> = {
  member: { ...asSelf('0198f0a0-0000-7000-8000-000000000001'), roles: ['member'], sessionId: 's1' },
  admin: { ...asSelf('0198f0a0-0000-7000-8000-000000000002'), roles: ['admin'], sessionId: 's2' },
}

export const asMember = { authorization: 'Bearer member' }
export const asAdmin = { authorization: 'Bearer admin' }
