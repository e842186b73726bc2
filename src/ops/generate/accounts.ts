import { emailOf, nameOf, PASSWORD } from './rows/people.ts'
import { ACTIVE, ADMIN } from './world/people.ts'
import type { World } from './world.ts'

/** Three people to sign in as, and the password of them all. */
export function accountsToTry({ seed, people, learning, coaching }: World) {
  const enrolled = new Uint32Array(people.count)
  for (const person of learning.person) enrolled[person]! += 1
  const name = nameOf(seed, people)
  const account = (who: string, person: number) => ({ who, person, email: emailOf(name(person), person) })
  const member = greatest(people.count, (i) =>
    people.coach[i] || people.status[i] !== ACTIVE || i < 60 ? -1 : enrolled[i]!,
  )
  const coach = greatest(people.count, (i) => (people.coach[i] ? coaching.completed[i]! : -1))
  const accounts = [
    account(`a member of ${enrolled[member]} programs`, member),
    account(`a coach of ${coaching.completed[coach]} sessions`, coach),
    account('an admin', ADMIN),
  ]
  return { password: PASSWORD, accounts }
}

function greatest(count: number, value: (index: number) => number): number {
  let best = 0
  for (let index = 1; index < count; index++) if (value(index) > value(best)) best = index
  return best
}
