import type { RouteOptions } from 'fastify'
import type { Permissions } from '../actor.ts'
import type { Limit } from './limiter.ts'

/** What a route asks of its caller, as data: for the list that an operator prints and the tests that judge it. */
export type RouteRule = {
  readonly method: string
  readonly path: string
  readonly access: 'public' | 'signed_in' | 'permission'
  readonly permission: string | null
  /** Who has the permission. */
  readonly roles: readonly string[]
  /** A proof of who it is within ten minutes. */
  readonly proof: boolean
  /** Whether a super admin may do it for somebody else. */
  readonly impersonation: boolean
  readonly limit: Limit
  /** Whether it serves everybody during maintenance. */
  readonly inMaintenance: boolean
}

export function ruleOf(route: RouteOptions, limit: Limit, permissions: Permissions): RouteRule {
  const { access = 'public', proof, impersonation, maintenance } = route.config ?? {}
  const permission = typeof access === 'object' ? access.permission : null
  return {
    method: [route.method].flat().join(', '),
    path: route.url,
    access: typeof access === 'object' ? 'permission' : access,
    permission,
    roles: permission === null ? [] : (permissions[permission] ?? []),
    proof: proof === 'recent',
    impersonation: access !== 'public' && proof === undefined && impersonation !== 'refused',
    limit,
    inMaintenance: maintenance === 'open' || route.config?.access === undefined,
  }
}
