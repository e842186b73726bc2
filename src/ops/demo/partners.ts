import type { Enrolled } from './enrollments.ts'
import { uuidV7 } from './ids.ts'
import type { Row } from './rows.ts'
import { DAY, dateOf, iso } from './times.ts'
import type { World } from './world.ts'

const FILE = 'partners.json'
type Partner = World['content']['partners'][number]
type Cohort = Partner['cohorts'][number]

/** Organisations, who acts for them, and the cohorts they brought. */
export async function loadPartners(world: World, enrolled: ReadonlyMap<string, Enrolled>): Promise<void> {
  const placed = world.content.partners.map((partner) => place(world, enrolled, partner))
  await world.insert(
    'partners',
    placed.map(({ row }) => row),
  )
  await world.insert(
    'partner_members',
    placed.flatMap(({ members }) => members),
  )
  await world.client.query('SELECT settle_partner_role(user_id) FROM partner_members GROUP BY user_id')
  await world.insert(
    'partner_programs',
    placed.flatMap(({ programs }) => programs),
  )
  await world.insert(
    'partner_cohorts',
    placed.flatMap(({ cohorts }) => cohorts.map(({ row }) => row)),
  )
  await world.insert(
    'cohort_members',
    placed.flatMap(({ cohorts }) => cohorts.flatMap(({ members }) => members)),
  )
}

function place(world: World, enrolled: ReadonlyMap<string, Enrolled>, partner: Partner) {
  const { names, times } = world
  const since = times.daysAgo(partner.started_days_ago)
  const partnerId = uuidV7(since)
  const cohorts = partner.cohorts.map((cohort) => bring(world, enrolled, partnerId, cohort))
  const programs = [...new Set(partner.cohorts.map(({ program }) => names.of('program', program, FILE)))]
  return {
    row: partnerRow(world, partner, { partnerId, since, certificates: certified(cohorts) }),
    members: partner.members.map(({ username, role }) => ({
      partner_id: partnerId,
      user_id: names.of('person', username, FILE),
      role,
      joined_at: iso(since),
    })),
    programs: programs.map((program_id) => ({ partner_id: partnerId, program_id, added_at: iso(since) })),
    cohorts,
  }
}

function partnerRow(
  { content, names }: World,
  partner: Partner,
  { partnerId, since, certificates }: { partnerId: string; since: number; certificates: number },
): Row {
  const contact = names.of('person', partner.primary_contact, FILE)
  return {
    partner_id: partnerId,
    organization_name: partner.organization_name,
    slug: partner.slug,
    description: partner.description,
    partner_type: partner.partner_type,
    primary_contact_user_id: contact,
    contact_email: content.people.find(({ username }) => username === partner.primary_contact)?.email ?? null,
    website_url: partner.website_url,
    headquarters_location: partner.headquarters,
    operating_regions: partner.operating_regions,
    brand_colors: partner.brand_colors,
    partnership_tier: partner.tier,
    partnership_start_date: dateOf(since),
    certifications_issued: certificates,
    is_featured: partner.featured,
    created_at: iso(since),
    updated_at: iso(since),
  }
}

/** Whoever has completed the program has completed the cohort. */
function bring(
  { content, names, times }: World,
  enrolled: ReadonlyMap<string, Enrolled>,
  partnerId: string,
  cohort: Cohort,
) {
  const [from, until] = [times.now + cohort.start_day * DAY, times.now + cohort.end_day * DAY]
  const created = Math.min(from, times.now) - 14 * DAY
  const cohortId = uuidV7(created)
  const members = cohort.members.map(({ username, department, role }, index) => {
    const userId = names.of('person', username, FILE)
    const enrollment = enrolled.get(`${username} ${cohort.program}`)
    if (!enrollment)
      throw content.fault(
        FILE,
        username,
        `${username} is in a cohort of ${cohort.program} without an enrolment`,
      )
    return {
      cohort_id: cohortId,
      user_id: userId,
      enrollment_id: enrollment.enrollmentId,
      employee_id: `${cohort.program.slice(0, 3).toUpperCase()}-${String(index + 1).padStart(3, '0')}`,
      department,
      role,
      status: enrollment.completedAt === null ? 'active' : 'completed',
      joined_at: iso(enrollment.startedAt),
      completed_at: enrollment.completedAt === null ? null : iso(enrollment.completedAt),
    }
  })
  const row: Row = {
    cohort_id: cohortId,
    partner_id: partnerId,
    program_id: names.of('program', cohort.program, FILE),
    cohort_name: cohort.name,
    description: cohort.description,
    start_date: dateOf(from),
    end_date: dateOf(until),
    max_participants: cohort.max_participants,
    enrolled_count: members.length,
    is_white_labeled: cohort.white_labeled,
    status: cohort.status,
    created_at: iso(created),
    updated_at: iso(created),
  }
  return { row, members }
}

function certified(cohorts: readonly { members: readonly { status: string }[] }[]): number {
  return cohorts.flatMap(({ members }) => members).filter(({ status }) => status === 'completed').length
}
