import { setTimeout as sleep } from 'node:timers/promises'
import type { Database, Db } from '../../platform/db/index.ts'
import type { Told } from '../../platform/facts/index.ts'
import { publishLive } from '../../platform/realtime/index.ts'
import type { Services } from '../../platform/services.ts'
import { PLAIN_WORDS } from './plain-words.ts'
import {
  type DueFact,
  holdDueFacts,
  holdFact,
  markExpanded,
  markWalked,
  noteFailedFact,
} from './queries/facts.ts'
import { hearersOf, type NewTold, type NewWay, type Pair, type ToldFact, tell } from './queries/telling.ts'
import { isType, type Registry } from './registry.ts'
import { reasonAgainst, waysOf } from './ways.ts'

/** Facts told in one transaction: enough that a statement costs little each, few enough that nobody waits long for the locks. */
const FACTS = 250
/** People of a slice, for the same reason; after each, somewhat more than what it took is left to those who read meanwhile. */
const SLICE = 250
const REST = 1.25

export type Expanding = {
  readonly db: Database
  readonly services: Pick<Services, 'cache' | 'clock' | 'log' | 'metrics'>
  readonly registry: Registry
}

/**
 * Tells people of what is due: many facts with some people each, then a slice of one with many. Answers whether there may be
 * more at once. A fact that fails takes no other with it: they are then told one by one.
 */
export async function expandFacts(context: Expanding): Promise<boolean> {
  const told = await expandBatch(context)
  const walked = await walkSlice(context)
  return told >= FACTS || walked
}

async function expandBatch(context: Expanding): Promise<number> {
  const { db, registry } = context
  const held: string[] = []
  try {
    const users = await db.transaction(null, async (tx) => {
      const facts = await holdDueFacts(tx, registry.whole, FACTS)
      held.splice(0, held.length, ...facts.map(({ fact_id }) => fact_id))
      return facts.length === 0 ? [] : expand(tx, context, facts)
    })
    await hint(context, users)
  } catch (error) {
    if (held.length === 0) throw error
    for (const factId of held) await expandAlone(context, factId)
  }
  return held.length
}

async function expandAlone(context: Expanding, factId: string): Promise<void> {
  try {
    const users = await context.db.transaction(null, async (tx) => {
      const fact = await holdFact(tx, factId)
      return fact ? expand(tx, context, [fact]) : []
    })
    await hint(context, users)
  } catch (error) {
    await failed(context, factId, error)
  }
}

async function expand(tx: Db, context: Expanding, facts: readonly DueFact[]): Promise<string[]> {
  const users = await tellAll(tx, context, facts, await audienceOf(tx, context.registry, facts))
  await markExpanded(
    tx,
    facts.map(({ fact_id }) => fact_id),
  )
  return users
}

/** Whom the facts name themselves, else whom their notice says. */
async function audienceOf(tx: Db, registry: Registry, facts: readonly DueFact[]): Promise<Told[]> {
  const named = facts.flatMap(({ fact_id, recipients }) =>
    (recipients ?? []).map((user_id) => ({ fact_id, user_id })),
  )
  const asked = Map.groupBy(
    facts.filter(({ recipients }) => recipients === null),
    ({ name }) => name,
  )
  for (const [name, some] of asked) named.push(...((await registry.of(name)?.audience?.(tx, some)) ?? []))
  return named
}

/** One slice of the oldest fact with many people. True: there is more to walk. */
async function walkSlice(context: Expanding): Promise<boolean> {
  const { db, registry } = context
  if (registry.sliced.length === 0) return false
  let held: string | undefined
  const from = performance.now()
  try {
    const { users, more } = await db.transaction(null, async (tx) => {
      const [fact] = await holdDueFacts(tx, registry.sliced, 1)
      held = fact?.fact_id
      if (!fact) return { users: [], more: false }
      const ids = await registry.of(fact.name)!.slice!(tx, fact, fact.walked_to, SLICE)
      const told = ids.map((user_id) => ({ fact_id: fact.fact_id, user_id }))
      const users = await tellAll(tx, context, [fact], told)
      if (ids.length < SLICE) await markExpanded(tx, [fact.fact_id])
      else await markWalked(tx, fact.fact_id, ids.at(-1)!)
      return { users, more: true }
    })
    await hint(context, users)
    if (more) await sleep((performance.now() - from) * REST)
    return more
  } catch (error) {
    if (held === undefined) throw error
    await failed(context, held, error)
    return false
  }
}

/** Each person once a fact, and never who caused it. */
async function tellAll(
  tx: Db,
  { registry, services }: Expanding,
  facts: readonly DueFact[],
  audience: readonly Told[],
): Promise<string[]> {
  const byId = new Map(facts.map((fact) => [fact.fact_id, toldFactOf(registry, fact)]))
  const sources = new Map(facts.map((fact) => [fact.fact_id, fact]))
  const pairs = new Map<string, Pair>()
  for (const { fact_id, user_id } of audience) {
    const { actor_id, thread_key } = byId.get(fact_id)!
    if (user_id !== actor_id) pairs.set(`${fact_id} ${user_id}`, { fact_id, user_id, actor_id, thread_key })
  }
  if (pairs.size === 0) return []
  const at = services.clock.now()
  const told: NewTold[] = []
  const ways: NewWay[] = []
  for (const hearer of await hearersOf(tx, [...pairs.values()])) {
    const { fact_id, user_id } = hearer
    const fact = sources.get(fact_id)!
    const notice = registry.of(fact.name)!
    const reason = reasonAgainst(hearer, notice.type)
    told.push({ fact_id, user_id, reason })
    if (reason === null) ways.push(...safeWaysOf(services, notice, fact, hearer, at))
  }
  return tell(tx, [...byId.values()], told, ways)
}

/** Somebody whose ways cannot be told has it in their list, and takes nobody else along. */
function safeWaysOf(
  { log }: Expanding['services'],
  ...[notice, fact, hearer, at]: Parameters<typeof waysOf>
): NewWay[] {
  try {
    return waysOf(notice, fact, hearer, at)
  } catch (error) {
    log.error({ err: error, fact_id: fact.fact_id }, 'the ways to somebody are unknown')
    return []
  }
}

function toldFactOf(registry: Registry, fact: DueFact): ToldFact {
  const { fact_id, name, actor_id, reference_type, reference_id, params } = fact
  const notice = registry.of(name)!
  const { type } = notice
  const { title, message } = PLAIN_WORDS[isType(type) ? type : 'account'].en
  const thread_key = notice.thread?.(fact) ?? null
  return {
    fact_id,
    kind: name,
    type,
    title,
    message,
    actor_id,
    reference_type,
    reference_id,
    params,
    thread_key,
  }
}

function hint({ services }: Expanding, users: readonly string[]): Promise<void> {
  services.metrics.notices.delivered('in_app', 'sent', users.length)
  const different = [...new Set(users)]
  return different.length === 0 ? Promise.resolve() : publishLive(services.cache, { users: different })
}

async function failed(
  { db, services: { log, metrics } }: Expanding,
  factId: string,
  error: unknown,
): Promise<void> {
  const code = error instanceof Error ? error.name : 'unknown'
  const isGivenUp = await db.transaction(null, (tx) => noteFailedFact(tx, factId, code))
  metrics.notices.delivered('in_app', isGivenUp ? 'dead' : 'retried')
  log.error({ err: error, fact_id: factId, given_up: isGivenUp }, 'a fact could not be told')
}
