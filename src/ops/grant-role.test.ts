import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { OperatorError } from '../platform/errors.ts'
import { clientOf, signedIn, startApp } from '../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../testing/database.ts'
import { makeUser } from '../testing/factories.ts'
import { answerOf } from '../testing/ops.ts'
import { grantRoleCommand } from './grant-role.ts'

describe('ops grant-role', () => {
  let database: TestDatabase
  before(async () => {
    database = await createTestDatabase()
  })
  after(() => database.close())

  const answer = (...words: string[]) => answerOf(grantRoleCommand, database, ...words)
  const rootFor = (email: string) => ['--email', email, '--role', 'super_admin', '--reason', 'The first one']

  test('gives a new installation its first super admin, who then makes others', async () => {
    const user = await makeUser(database.owner)
    const grants = async () => {
      const { rows } = await database.owner.query(
        `SELECT granted_by, grant_reason FROM user_roles WHERE user_id = $1 AND role_name = 'super_admin'`,
        [user.id],
      )
      return rows
    }
    assert.match(
      (await answer(...rootFor(user.email))).join(),
      /would make .* \(active\) super_admin; nothing was changed/,
    )
    assert.deepEqual(await grants(), [], 'a dry run')
    assert.match(
      (await answer(...rootFor(user.email.toUpperCase()), '--yes')).join(),
      /is super_admin from now on/,
    )
    assert.deepEqual(await grants(), [{ granted_by: null, grant_reason: 'The first one' }])
    assert.match((await answer(...rootFor(user.email), '--yes')).join(), /^nothing to do/)
    const { rows } = await database.owner.query(
      `SELECT user_id, metadata->>'by' AS by FROM audit_logs WHERE entity_id = $1 AND action = 'identity.role_granted'`,
      [user.id],
    )
    assert.deepEqual(rows, [{ user_id: null, by: 'operator' }])

    const app = await startApp(database)
    const other = await makeUser(database.owner)
    const client = clientOf(app, (await signedIn(app, user)).token)
    const made = await client.post(`/api/v1/admin/people/${other.id}/roles`, {
      role: 'super_admin',
      reason: 'The second',
    })
    assert.equal(made.status, 201, made.text)
    await app.close()
  })

  test('refuses what it does not understand, in one line', async () => {
    for (const [words, says] of [
      [[], /something is missing/],
      [['--email', 'a@example.com'], /something is missing/],
      [['--email'], /unexpected "--email"/],
      [['--user', 'a@example.com'], /unexpected "--user"/],
      [
        ['--email', 'a@example.com', '--role', 'member', '--reason', 'x'],
        /--role is "member": expected coach/,
      ],
      [rootFor('nobody@example.com'), /nobody has the address/],
    ] as const) {
      await assert.rejects(answer(...words, '--yes'), (error) => {
        assert.ok(error instanceof OperatorError)
        assert.match(error.message, says)
        return true
      })
    }
  })
})
