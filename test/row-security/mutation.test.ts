import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Attempt } from './attempts.ts'
import { createPolicy, dropPolicy, openings, type Policy, policiesOf } from './policies.ts'
import { prepareSuite, type Suite } from './suite.ts'

describe('the row-security suite', () => {
  let suite: Suite
  let policies: Policy[]
  before(async () => {
    suite = await prepareSuite()
    policies = await policiesOf(suite.database.owner)
  })
  after(() => suite.close())

  test('notices each policy that is missing', async (t) => {
    const unnoticed: string[] = []
    for (const policy of policies) {
      await alter(dropPolicy(policy))
      if (!(await isNoticed(attemptsUnder(policy, true)))) unnoticed.push(policy.name)
      await alter(createPolicy(policy))
    }
    t.diagnostic(`${policies.length} policies dropped one by one, ${unnoticed.length} not missed`)
    assert.deepEqual(unnoticed, [])
  })

  test('notices each policy that lets everyone through', async (t) => {
    const unnoticed: string[] = []
    for (const policy of policies) {
      for (const opened of openings(policy)) {
        await alter(`${dropPolicy(policy)}; ${createPolicy(opened)}`)
        if (!(await isNoticed(attemptsUnder(policy, false))))
          unnoticed.push(`${policy.name} ${opened.using === policy.using ? 'WITH CHECK' : 'USING'}`)
        await alter(`${dropPolicy(opened)}; ${createPolicy(policy)}`)
      }
    }
    t.diagnostic(
      `${policies.flatMap(openings).length} doors opened one by one, ${unnoticed.length} not noticed`,
    )
    assert.deepEqual(unnoticed, [])
  })

  const alter = (statements: string) => suite.database.owner.query(statements)

  function attemptsUnder(policy: Policy, allowed: boolean): Attempt[] {
    return suite.attempts.filter(
      (attempt) =>
        attempt.table === policy.table &&
        attempt.allowed === allowed &&
        (attempt.role === 'app_worker') === (policy.role === 'app_worker'),
    )
  }

  async function isNoticed(attempts: readonly Attempt[]): Promise<boolean> {
    for (const attempt of attempts) {
      // What fails for another reason than row security would not be missed either.
      const came = await suite.prober.isAllowed(attempt).catch(() => !attempt.allowed)
      if (came !== attempt.allowed) return true
    }
    return false
  }
})
