import { slugOf } from '../../../platform/slug.ts'
import { DAY } from '../calendar.ts'
import { idKind } from '../copy-rows.ts'
import { chosen } from '../phrases.ts'
import { references } from '../references.ts'
import { type Table, words } from '../table.ts'
import { PROGRAM_LESSONS } from '../world/courses.ts'
import { COHORTS } from '../world/organisations.ts'
import { countryOf } from '../world/people.ts'
import type { World } from '../world.ts'
import { lastTouch } from './learning.ts'
import { partnerPerson } from './people.ts'

const TYPES = ['corporate', 'academic', 'ngo', 'government', 'cec_franchise', 'sponsor'] as const
const FIRST = [
  'Baobab',
  'Savanna',
  'Sahel',
  'Lakeside',
  'Harambee',
  'Ubuntu',
  'Umoja',
  'Mandela',
  'Kilimanjaro',
  'Teranga',
]
const SECOND = ['Foundation', 'University', 'Bank', 'Cooperative', 'Institute', 'Holdings', 'Trust']

export const partners: Table = {
  name: 'partners',
  open(world) {
    const { organisations, people, calendar } = world
    const ref = references(world)
    const sums = memberSums(world)
    const title = (i: number) => `${FIRST[i % FIRST.length]} ${SECOND[i % SECOND.length]}`
    const country = (i: number) => countryOf(people, partnerPerson(i))
    return {
      count: organisations.count,
      fields: {
        partner_id: ref.partner,
        organization_name: (rows, i) => rows.text(title(i)),
        slug: (rows, i) => rows.text(`${slugOf(title(i))}-${i + 1}`),
        description: (rows, i) => rows.text(`${title(i)} brings its people to learn together.`),
        partner_type: (rows, i) => rows.text(TYPES[i % TYPES.length]!),
        primary_contact_user_id: (rows, i) => ref.user(rows, partnerPerson(i)),
        headquarters_location: (rows, i) =>
          rows.jsonb({ country: country(i).code, city: country(i).city[0] }),
        partnership_tier: (rows, i) =>
          rows.text(chosen(['bronze', 'silver', 'gold', 'platinum'], (i * 0.31) % 1)),
        partnership_start_date: (rows) => rows.day(calendar.start),
        programs_enrolled: (rows, i) => rows.jsonb(programsOf(world, i).map(ref.programText).sort()),
        total_participants: (rows, i) => rows.int(sums.total[i]!),
        active_participants: (rows, i) => rows.int(sums.active[i]!),
        certifications_issued: (rows, i) => rows.int(sums.total[i]! - sums.active[i]!),
        created_at: (rows, i) => rows.time(calendar.start + i * 1000),
        updated_at: (rows, i) => rows.time(calendar.start + i * 1000),
      },
    }
  },
}

export const partnerMembers: Table = {
  name: 'partner_members',
  open(world) {
    const ref = references(world)
    return {
      count: world.organisations.count,
      fields: {
        partner_id: ref.partner,
        user_id: (rows, i) => ref.user(rows, partnerPerson(i)),
        role: words('owner'),
        joined_at: (rows, i) => rows.time(world.people.joined[partnerPerson(i)]!),
      },
    }
  },
}

/** A program for each cohort. */
export const partnerPrograms: Table = {
  name: 'partner_programs',
  open(world) {
    const ref = references(world)
    const { organisations, calendar } = world
    return {
      count: organisations.count * COHORTS,
      fields: {
        partner_id: (rows, i) => ref.partner(rows, Math.floor(i / COHORTS)),
        program_id: (rows, i) => ref.program(rows, organisations.program[i]!),
        added_at: (rows) => rows.time(calendar.start),
      },
    }
  },
}

export const cohorts: Table = {
  name: 'partner_cohorts',
  open(world) {
    const { organisations, calendar } = world
    const ref = references(world)
    const size = (c: number) => organisations.firstMember[c + 1]! - organisations.firstMember[c]!
    const over = (c: number) => organisations.starts[c]! + 120 * DAY < calendar.end
    return {
      count: organisations.count * COHORTS,
      fields: {
        cohort_id: ref.cohort,
        partner_id: (rows, c) => ref.partner(rows, Math.floor(c / COHORTS)),
        program_id: (rows, c) => ref.program(rows, organisations.program[c]!),
        cohort_name: (rows, c) => rows.text(`Cohort ${1 + (c % COHORTS)}`),
        start_date: (rows, c) => rows.day(organisations.starts[c]!),
        end_date: (rows, c) => rows.day(organisations.starts[c]! + 120 * DAY),
        max_participants: (rows) => rows.int(30),
        enrolled_count: (rows, c) => rows.int(size(c)),
        status: (rows, c) => rows.text(over(c) ? 'completed' : 'active'),
        created_at: (rows, c) => rows.time(organisations.starts[c]!),
        updated_at: (rows, c) => rows.time(organisations.starts[c]!),
      },
    }
  },
}

export const cohortMembers: Table = {
  name: 'cohort_members',
  open(world) {
    const { organisations, learning } = world
    const ref = references(world)
    const kind = idKind(world.seed, 'cohort_member')
    const enrollment = (i: number) => organisations.member[i]!
    const done = (i: number) => learning.completed[enrollment(i)] === PROGRAM_LESSONS
    const at = (i: number) => learning.at[enrollment(i)]!
    const cohort = cohortOf(world)
    return {
      count: organisations.member.length,
      fields: {
        cohort_member_id: (rows, i) => rows.id(kind, i, at(i)),
        cohort_id: (rows, i) => ref.cohort(rows, cohort[i]!),
        user_id: (rows, i) => ref.user(rows, learning.person[enrollment(i)]!),
        enrollment_id: (rows, i) => ref.enrollment(rows, enrollment(i)),
        employee_id: (rows, i) => rows.text(`E${1000 + i}`),
        status: (rows, i) => rows.text(done(i) ? 'completed' : 'active'),
        joined_at: (rows, i) => rows.time(at(i)),
        completed_at: (rows, i) => rows.timeOrNull(done(i) ? lastTouch(world, enrollment(i)) : 0),
      },
    }
  },
}

const programsOf = ({ organisations }: World, partner: number) => [
  ...organisations.program.subarray(partner * COHORTS, (partner + 1) * COHORTS),
]

function cohortOf({ organisations }: World): Uint32Array {
  const cohort = new Uint32Array(organisations.member.length)
  for (let c = 0; c < organisations.count * COHORTS; c++) {
    cohort.fill(c, organisations.firstMember[c]!, organisations.firstMember[c + 1]!)
  }
  return cohort
}

function memberSums(world: World) {
  const { organisations, learning } = world
  const sums = { total: new Uint32Array(organisations.count), active: new Uint32Array(organisations.count) }
  const cohort = cohortOf(world)
  for (let i = 0; i < cohort.length; i++) {
    const partner = Math.floor(cohort[i]! / COHORTS)
    sums.total[partner]! += 1
    if (learning.completed[organisations.member[i]!] !== PROGRAM_LESSONS) sums.active[partner]! += 1
  }
  return sums
}
