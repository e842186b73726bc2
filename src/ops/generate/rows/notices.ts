import { DAY } from '../calendar.ts'
import { type CopyRows, idKind } from '../copy-rows.ts'
import { exponential, uniform } from '../draws.ts'
import { references } from '../references.ts'
import { inTimeOrder } from '../shared-arrays.ts'
import type { Part, Table } from '../table.ts'
import type { People } from '../world/people.ts'
import type { World } from '../world.ts'

const EACH = 5
const NOTIFICATIONS_DAYS = 180
const AUDIT_DAYS = 360

/** How far back the partitions must reach. */
export const oldestPartition = ({ calendar }: World): number => calendar.end - AUDIT_DAYS * DAY

const NOTICES = [
  {
    type: 'comment',
    title: 'New comment',
    message: 'Somebody replied to your post.',
    url: '/community',
    about: 'post',
  },
  {
    type: 'follow',
    title: 'New follower',
    message: 'Somebody began to follow you.',
    url: '/people',
    about: null,
  },
  {
    type: 'enrollment',
    title: 'You are enrolled',
    message: 'Your first lesson is open.',
    url: '/learning',
    about: 'program',
  },
  {
    type: 'session_reminder',
    title: 'Coaching tomorrow',
    message: 'Your session begins tomorrow.',
    url: '/coaching',
    about: null,
  },
  {
    type: 'mention',
    title: 'You were mentioned',
    message: 'Somebody mentioned you in a post.',
    url: '/community',
    about: 'post',
  },
] as const

export const notifications: Table = {
  name: 'notifications',
  open(world) {
    const { people, community, courses, seed } = world
    const ref = references(world)
    const kind = idKind(seed, 'notification')
    const u = uniform(seed, 'notifications')
    const { person, at, order } = happenings(world, 'notifications', NOTIFICATIONS_DAYS)
    const n = (i: number) => order[i]!
    const notice = (i: number) => NOTICES[n(i) % NOTICES.length]!
    const read = (i: number) => u(n(i)) < 0.75
    return {
      count: order.length,
      parts: months('notifications', 0, order, at),
      fields: {
        notification_id: (rows, i) => rows.id(kind, n(i), at[n(i)]!),
        user_id: (rows, i) => ref.user(rows, person(n(i))),
        notification_type: (rows, i) => rows.text(notice(i).type),
        title: (rows, i) => rows.text(notice(i).title),
        message: (rows, i) => rows.text(notice(i).message),
        action_url: (rows, i) => rows.text(notice(i).url),
        reference_type: (rows, i) => (notice(i).about ? rows.text(notice(i).about!) : rows.null()),
        reference_id: (rows, i) => {
          if (notice(i).about === 'post') ref.post(rows, Math.floor(u(n(i)) * community.posts))
          else if (notice(i).about === 'program') ref.program(rows, Math.floor(u(n(i)) * courses.count))
          else rows.null()
        },
        actor_id: (rows, i) =>
          notice(i).type === 'follow' ? ref.user(rows, Math.floor(u(n(i)) * people.count)) : rows.null(),
        is_read: (rows, i) => rows.bool(read(i)),
        read_at: (rows, i) =>
          rows.timeOrNull(read(i) ? Math.min(world.calendar.end, at[n(i)]! + 3_600_000) : 0),
        delivered: (rows) => rows.bool(true),
        delivered_at: (rows, i) => rows.time(at[n(i)]!),
        created_at: (rows, i) => rows.time(at[n(i)]!),
      },
    }
  },
}

/** By what is kept how long (R20): sign-ins, changes, money. */
const CLASSES = ['security', 'general', 'financial'] as const
const ACTIONS = {
  security: 'identity.signed_in',
  general: 'learning.enrollment_created',
  financial: 'commerce.payment_succeeded',
} as const

export const auditLogs: Table = {
  name: 'audit_logs',
  open(world) {
    const { seed, learning } = world
    const ref = references(world)
    const kind = idKind(seed, 'audit')
    const u = uniform(seed, 'audit.class')
    const { person, at, order } = happenings(world, 'audit', AUDIT_DAYS)
    const classOf = (n: number) => (u(n) < 0.5 ? 0 : u(n) < 0.9 ? 1 : 2)
    const byClass = CLASSES.map((_, c) => order.filter((n) => classOf(n) === c))
    const rank = Uint32Array.from(byClass.flatMap((part) => [...part]))
    const retention = (i: number) => CLASSES[classOf(rank[i]!)]!
    let from = 0
    const parts = CLASSES.flatMap((name, c) => {
      const found = months(`audit_logs_${name}`, from, byClass[c]!, at)
      from += byClass[c]!.length
      return found
    })
    const enrollment = (i: number) => rank[i]! % learning.count
    return {
      count: rank.length,
      parts,
      fields: {
        log_id: (rows, i) => rows.id(kind, rank[i]!, at[rank[i]!]!),
        user_id: (rows, i) => ref.user(rows, person(rank[i]!)),
        action: (rows, i) => rows.text(ACTIONS[retention(i)]),
        entity_type: (rows, i) => rows.text(retention(i) === 'security' ? 'session' : 'enrollment'),
        entity_id: (rows: CopyRows, i) =>
          retention(i) === 'security' ? rows.null() : ref.enrollment(rows, enrollment(i)),
        severity: (rows) => rows.text('info'),
        timestamp: (rows, i) => rows.time(at[rank[i]!]!),
        retention_class: (rows, i) => rows.text(retention(i)),
        // As rows from before rows were signed: `ops audit adopt` gives them both. The default differs from run to run.
        xid: (rows) => rows.null(),
      },
    }
  },
}

/** Things that happen to people lately, the more the later, none before somebody joined; in the order of time. */
function happenings({ people, calendar, seed }: World, name: string, days: number) {
  const ago = exponential(seed, `${name}.ago`)
  const who = uniform(seed, `${name}.who`)
  const at = new Float64Array(people.count * EACH)
  const person = (n: number) => personOf(people, who(n))
  for (let n = 0; n < at.length; n++) {
    const span = Math.min(days * DAY, calendar.end - people.joined[person(n)]!)
    at[n] = Math.floor(calendar.end - 1 - span * ((ago(n) / 2.5) % 1))
  }
  return { person, at, order: inTimeOrder(at) }
}

/** Half of it happens to the fifth that is here most. */
const personOf = (people: People, u: number) =>
  u < 0.5 ? Math.floor((u * 2 * people.count) / 5) * 5 : Math.floor((u * 2 - 1) * people.count)

/** One part for each month of the ordered rows; the rows of `order` begin at `offset` of the table's rows. */
function months(parent: string, offset: number, order: Uint32Array, at: Float64Array): Part[] {
  const parts: Part[] = []
  for (let from = 0; from < order.length; ) {
    const first = new Date(at[order[from]!]!)
    const next = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 1)
    let to = from
    while (to < order.length && at[order[to]!]! < next) to++
    const month = first.toISOString().slice(0, 7).replace('-', '_')
    parts.push({ relation: `${parent}_${month}`, from: offset + from, to: offset + to })
    from = to
  }
  return parts
}
