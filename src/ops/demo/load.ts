import type pg from 'pg'
import { REFRESH_PLATFORM_METRICS, REFRESH_PROGRAM_REPORTS } from '../../domains/analytics/index.ts'
import { loadBroadcasts } from './broadcasts.ts'
import { loadCoachApplications } from './coach-applications.ts'
import { loadCommunity } from './community.ts'
import type { Content } from './content.ts'
import { loadEnrollments } from './enrollments.ts'
import { loadEvents } from './events.ts'
import { DEMO_MARK, DEMO_PASSWORD, hasUsers } from './mark.ts'
import { loadMemberships } from './memberships.ts'
import { loadPartners } from './partners.ts'
import { loadPeople } from './people.ts'
import { loadPrivacy } from './privacy.ts'
import { loadPrograms } from './programs.ts'
import { loadReviews } from './reviews.ts'
import { loadShop } from './shop.ts'
import { createWorld, type World } from './world.ts'

/**
 * Loads the world in one transaction, as the owner: all of it or nothing. Every run gives the same world, told from
 * its own time. False, and nothing is done, when the database has users.
 */
export async function loadWorld(client: pg.ClientBase, content: Content): Promise<boolean> {
  await client.query('BEGIN')
  try {
    const loaded = await loadIntoEmpty(client, content)
    await client.query('COMMIT')
    return loaded
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw error
  }
}

async function loadIntoEmpty(client: pg.ClientBase, content: Content): Promise<boolean> {
  // Of two that start at once the second waits, and then finds users.
  await client.query("SELECT pg_advisory_xact_lock(hashtext('demo world'))")
  if (await hasUsers(client)) return false
  const { rows } = await client.query<{ now: string }>(
    'SELECT (extract(epoch FROM now()) * 1000)::bigint::text AS now',
  )
  const world = createWorld(client, content, Number(rows[0]!.now))
  await loadAll(world)
  await settle(world)
  return true
}

async function loadAll(world: World): Promise<void> {
  await loadPeople(world, DEMO_PASSWORD)
  await loadCoachApplications(world)
  const programs = await loadPrograms(world)
  const enrolled = await loadEnrollments(world, programs)
  await loadReviews(world, enrolled)
  await loadMemberships(world)
  await loadCommunity(world)
  await loadEvents(world)
  await loadPartners(world, enrolled)
  await loadShop(world)
  await loadPrivacy(world)
  await loadBroadcasts(world)
}

/** Counters folded, figures asked for, the mark set. */
async function settle({ client, content, names }: World): Promise<void> {
  await client.query('SELECT fold_counters(1000000)')
  for (const job of [REFRESH_PLATFORM_METRICS, REFRESH_PROGRAM_REPORTS]) {
    await client.query("SELECT enqueue($1, '{}', NULL, $1)", [job])
  }
  const shown = content.people.filter(({ demo_account }) => demo_account)
  const accounts = shown.map(({ roles, username }) => [
    roles.find((role) => role !== 'member') ?? 'member',
    names.of('person', username, 'people.json'),
  ])
  await client.query(
    'INSERT INTO system_settings (setting_key, setting_value, description) VALUES ($1, $2, $3)',
    [
      DEMO_MARK,
      JSON.stringify(Object.fromEntries(accounts)),
      'The demo world was loaded: its account of each role',
    ],
  )
}
