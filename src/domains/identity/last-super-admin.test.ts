import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import pg from 'pg'
import { type Client, type Reply, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser, type TestUser } from '../../testing/factories.ts'

const ROUNDS = 8
const reason = 'At the same moment'

describe('of two super admins', () => {
  let database: TestDatabase
  let app: TestApp
  let one: TestUser
  let other: TestUser
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    one = await makeUser(database.owner, {}, 'super_admin')
    other = await makeUser(database.owner, {}, 'super_admin')
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  /** Both are super admins for good again, and active. */
  beforeEach(standAgain)

  async function standAgain(): Promise<void> {
    await database.owner.query(`
      UPDATE users SET status = 'active', deleted_at = NULL, erased_at = NULL;
      DELETE FROM user_suspensions;
      DELETE FROM user_roles WHERE role_name <> 'member';
      INSERT INTO user_roles (user_id, role_name) VALUES ('${one.id}', 'super_admin'), ('${other.id}', 'super_admin')`)
  }

  const grantOf = async (user: TestUser) => {
    const { rows } = await database.owner.query<{ user_role_id: string }>(
      `SELECT user_role_id FROM user_roles WHERE user_id = $1 AND role_name = 'super_admin' AND revoked_at IS NULL`,
      [user.id],
    )
    return rows[0]!.user_role_id
  }
  const left = async () => {
    const { rows } = await database.owner.query(
      `SELECT count(*)::int AS n FROM user_roles r JOIN users u USING (user_id)
       WHERE role_name = 'super_admin' AND revoked_at IS NULL AND expires_at IS NULL
         AND status = 'active' AND deleted_at IS NULL AND erased_at IS NULL`,
    )
    return Number(rows[0].n)
  }

  const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString()
  type Take = (by: Client, user: TestUser, grantId: string) => Promise<Reply<{ code?: string }>>
  const WAYS: Readonly<Record<string, Take>> = {
    revokes: (by, _user, grantId) => by.post(`/api/v1/admin/roles/${grantId}/revocation`, { reason }),
    'sets an end for': (by, _user, grantId) =>
      by.patch(`/api/v1/admin/roles/${grantId}`, { reason, expires_at: tomorrow() }),
    suspends: (by, user) => by.post(`/api/v1/admin/people/${user.id}/suspension`, { reason }),
    'suspends for a day': (by, user) =>
      by.post(`/api/v1/admin/people/${user.id}/suspension`, { reason, until: tomorrow() }),
  }

  for (const [at, [how, take]] of Object.entries(WAYS).entries())
    for (const [back, takeBack] of Object.entries(WAYS).slice(at)) {
      test(`one ${how} the other, who ${back} them at the same moment: one remains, each time`, async () => {
        const outcomes = new Set<string>()
        for (let round = 0; round < ROUNDS; round++) {
          await standAgain()
          const [ones, others] = [await signedIn(app, one), await signedIn(app, other)]
          const [onesGrant, othersGrant] = [await grantOf(one), await grantOf(other)]
          const replies = await Promise.all([
            take(ones, other, othersGrant),
            takeBack(others, one, onesGrant),
          ])
          assert.equal(
            await left(),
            1,
            JSON.stringify(replies.map(({ status, body }) => [status, body.code])),
          )
          assert.equal(replies.filter(({ status }) => status < 300).length, 1)
          outcomes.add(String(replies.find(({ status }) => status >= 300)?.body.code))
        }
        // The loser may also find, at any step, that they are no super admin any more.
        for (const code of outcomes) {
          assert.match(code, /^(role|person|auth)\./)
        }
      })
    }

  for (const [what, statement] of Object.entries({
    'is revoked': `UPDATE user_roles SET revoked_at = now() WHERE role_name = 'super_admin' AND user_id = $1`,
    'is given an end': `UPDATE user_roles SET expires_at = now() + interval '1 day' WHERE role_name = 'super_admin' AND user_id = $1`,
    'is moved': `UPDATE user_roles SET role_name = 'admin' WHERE role_name = 'super_admin' AND user_id = $1`,
    'is suspended': `UPDATE users SET status = 'suspended' WHERE user_id = $1`,
    'is erased': `UPDATE users SET erased_at = now(), status = 'deleted' WHERE user_id = $1`,
    'is marked as deleted': `UPDATE users SET deleted_at = now() WHERE user_id = $1`,
    'loses the row': `DELETE FROM user_roles WHERE role_name = 'super_admin' AND user_id = $1`,
  })) {
    test(`the last does not go, also not past the application, when it ${what}`, async () => {
      for (let round = 0; round < 10; round++) {
        await standAgain()
        const results = await Promise.allSettled(
          [one, other].map(({ id }) => database.owner.query(statement, [id])),
        )
        assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
        const refused = results.find((result) => result.status === 'rejected')
        assert.ok(refused?.reason instanceof pg.DatabaseError)
        assert.equal(refused.reason.constraint, 'a_super_admin_remains')
        assert.equal(await left(), 1)
      }
    })
  }

  test('both do not go in one transaction, nor one with their account', async () => {
    await assert.rejects(
      database.owner.query(`UPDATE user_roles SET revoked_at = now() WHERE role_name = 'super_admin'`),
      /must remain/,
    )
    const third = await makeUser(database.owner, {}, 'super_admin')
    await database.owner.query('DELETE FROM users WHERE user_id = $1', [third.id])
    await database.owner.query(`UPDATE users SET status = 'suspended' WHERE user_id = $1`, [one.id])
    await assert.rejects(
      database.owner.query('DELETE FROM users WHERE user_id = $1', [other.id]),
      /must remain/,
    )
  })

  test('a snapshot that may be older than the other’s commit is refused, whatever it saw', async () => {
    const client = await database.owner.connect()
    try {
      for (const isolation of ['REPEATABLE READ', 'SERIALIZABLE']) {
        await client.query(`BEGIN ISOLATION LEVEL ${isolation}`)
        await client.query(`UPDATE users SET status = 'suspended' WHERE user_id = $1`, [one.id])
        await assert.rejects(client.query('COMMIT'), /read committed/)
      }
    } finally {
      client.release()
    }
    assert.equal(await left(), 2)
  })

  test('whoever is no super admin is not counted, and goes as before', async () => {
    const admin = await makeUser(database.owner, {}, 'admin')
    await database.owner.query(`UPDATE users SET status = 'suspended' WHERE user_id = $1`, [admin.id])
    await database.owner.query(`UPDATE user_roles SET revoked_at = now() WHERE user_id = $1`, [admin.id])
    const temporary = await makeUser(database.owner)
    await database.owner.query(
      `INSERT INTO user_roles (user_id, role_name, expires_at) VALUES ($1, 'super_admin', now() + interval '1 day')`,
      [temporary.id],
    )
    await database.owner.query(`UPDATE users SET status = 'suspended' WHERE user_id = $1`, [one.id])
    await assert.rejects(
      database.owner.query(`UPDATE users SET status = 'suspended' WHERE user_id = $1`, [other.id]),
      /must remain/,
      'one whose role ends does not do',
    )
  })
})
