import { type Calendar, DAY } from '../calendar.ts'
import { shared } from '../shared-arrays.ts'
import type { Learning } from './learning.ts'
import type { People } from './people.ts'

/** Partners, three cohorts each, and their members, who are enrolled in the cohort's program. */
export type Organisations = {
  readonly count: number
  readonly program: Uint32Array
  /** By cohort: where its members begin; one entry more than there are cohorts. */
  readonly firstMember: Uint32Array
  /** An enrolment by member. */
  readonly member: Uint32Array
  readonly starts: Float64Array
}

export const COHORTS = 3
const MEMBERS = 25

export function makeOrganisations(
  people: People,
  learning: Learning,
  calendar: Calendar,
  programs: number,
): Organisations {
  const count = Math.min(50, Math.max(4, Math.round(people.count / 2000)))
  const cohorts = count * COHORTS
  const waiting = enrollmentsByProgram(learning, programs)
  const program = shared.words(cohorts)
  const starts = shared.numbers(cohorts)
  const firstMember = shared.words(cohorts + 1)
  const member: number[] = []
  for (let cohort = 0; cohort < cohorts; cohort++) {
    program[cohort] = cohort % Math.min(programs, 40)
    starts[cohort] = calendar.end - (30 + ((cohort * 37) % 300)) * DAY
    member.push(...waiting[program[cohort]!]!.splice(0, MEMBERS))
    firstMember[cohort + 1] = member.length
  }
  const members = shared.words(member.length)
  members.set(member)
  return { count, program, firstMember, member: members, starts }
}

function enrollmentsByProgram(learning: Learning, programs: number): number[][] {
  const lists = Array.from({ length: programs }, (): number[] => [])
  for (let e = 0; e < learning.count; e++) {
    const list = lists[learning.program[e]!]!
    if (!learning.dropped[e] && list.length < 400) list.push(e)
  }
  return lists
}
