import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import type { Actor } from '../actor.ts'
import { BoundedMap } from '../cache/bounded-map.ts'
import type { Cache, LimitResult } from '../cache/index.ts'
import { tooMany } from '../errors.ts'
import type { Metrics } from '../metrics/index.ts'
import { clientAddress } from './client-address.ts'
import { LIMITS, type LimitClass, type LimitRules } from './limits.ts'
import { networkOf } from './network.ts'
import { createSlidingCounters, type SlidingCounters } from './sliding-counters.ts'

/** 'none': not counted, for probes and the like. */
export type Limit = LimitClass | 'none'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its class in the table of limits; by default `read` for GET and HEAD, else `write`. */
    limit?: Limit
  }
}

/** Counts a request and writes the RateLimit headers; the error is what to refuse it with. */
export type Counted = Error | undefined | Promise<Error | undefined>
export type CountRequest = (request: FastifyRequest, reply: FastifyReply) => Counted

export type Limiter = {
  /** Undefined: nothing is counted there. */
  forClass(limit: Limit): CountRequest | undefined
  close(): void
}

type Parts = { readonly cache: Cache; readonly metrics: Metrics; readonly enabled: boolean }

/**
 * Reads and writes are counted without waiting (`sliding-counters.ts`), and go on without a cache. Strict classes ask
 * the cache for an exact answer, and fail with it: 503 `cache.unavailable`, since uncounted guesses are what they are against.
 */
export function createLimiter({ cache, metrics, enabled }: Parts): Limiter {
  if (!enabled) return { forClass: () => undefined, close: () => undefined }
  const counters = createSlidingCounters({ cache })
  const classes = new Map<LimitClass, CountRequest>()
  return {
    forClass(limit) {
      if (limit === 'none') return undefined
      const known = classes.get(limit)
      if (known !== undefined) return known
      const rules: LimitRules = LIMITS[limit]
      const refused = metrics.http.refused(limit)
      const refuse = (seconds: number) => {
        refused.add()
        return tooMany('request.too_many', seconds)
      }
      const count = rules.strict
        ? strictly(limit, rules, cache, refuse)
        : loosely(limit, rules, counters, refuse)
      classes.set(limit, count)
      return count
    },
    close: () => counters.close(),
  }
}

/** The class of a route. Throws for one that the table does not have: a limit that nobody keeps must not look like one. */
export function limitOf({ url, config }: RouteOptions, isUnsafe: boolean): Limit {
  const limit = config?.limit ?? (isUnsafe ? 'write' : 'read')
  if (limit !== 'none' && !Object.hasOwn(LIMITS, limit)) throw new Error(`${url}: no limit class ${limit}`)
  return limit
}

type Refuse = (seconds: number) => Error

function loosely(name: string, rules: LimitRules, counters: SlidingCounters, refuse: Refuse): CountRequest {
  const window = counters.window(name, rules.windowSeconds)
  const networks = createNetworks()
  const forUser = policyOf(name, rules.perUser ?? 0, rules)
  const forNetwork = policyOf(name, rules.perNetwork, rules)
  return (request, reply) => {
    const { actor } = request
    const policy = actor === null ? forNetwork : forUser
    const subject = actor === null ? networks(clientAddress(request)) : personOf(actor)
    const result = window.pass(subject, policy.max, Date.now())
    tell(reply, policy, result)
    return result.allowed ? undefined : refuse(result.resetSeconds)
  }
}

function strictly(name: string, rules: LimitRules, cache: Cache, refuse: Refuse): CountRequest {
  const { perUser, perNetwork, windowSeconds } = rules
  const forUser = perUser === null ? null : policyOf(name, perUser, rules)
  const forNetwork = policyOf(name, perNetwork, rules)
  const ask = async (policy: Policy, subject: string) => {
    const result = await cache.limit(`limit:${name}:${subject}`, { max: policy.max, windowSeconds })
    return { policy, result }
  }
  return async (request, reply) => {
    const { actor } = request
    const answers = [ask(forNetwork, networkOf(clientAddress(request)))]
    if (actor !== null && forUser !== null) answers.unshift(ask(forUser, personOf(actor)))
    const told = await Promise.all(answers)
    const { policy, result } = told.find((one) => !one.result.allowed) ?? told[0]!
    tell(reply, policy, result)
    return result.allowed ? undefined : refuse(result.resetSeconds)
  }
}

/** Who acts for another uses up their own. */
function personOf(actor: Actor): string {
  return actor.impersonatorId ?? actor.userId
}

type Policy = { readonly max: number; readonly header: string; readonly item: string }

function policyOf(name: string, max: number, { windowSeconds }: LimitRules): Policy {
  return { max, header: `"${name}";q=${max};w=${windowSeconds}`, item: `"${name}";r=` }
}

/** draft-ietf-httpapi-ratelimit-headers: what is granted, what is left of it, and seconds until there is more. */
function tell(reply: FastifyReply, policy: Policy, { remaining, resetSeconds }: LimitResult): void {
  reply.header('ratelimit-policy', policy.header)
  reply.header('ratelimit', `${policy.item}${remaining};t=${resetSeconds}`)
}

const KNOWN_NETWORKS = { maxEntries: 5000, maxBytes: 2 * 1024 * 1024 }

/** An address is taken apart once: that costs a microsecond, a look into the map a tenth. */
function createNetworks(): (address: string) => string {
  const known = new BoundedMap<string>(KNOWN_NETWORKS)
  return (address) => {
    const found = known.get(address, 0)
    if (found !== undefined) return found
    const network = networkOf(address)
    known.set(address, network, network.length, Number.POSITIVE_INFINITY)
    return network
  }
}
