import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { MOST_RECIPIENTS, publishFact } from './publish.ts'

describe('a fact', () => {
  let database: TestDatabase
  before(async () => {
    database = await createTestDatabase()
  })
  after(() => database.close())

  const publish = (count: number) =>
    database.db.transaction(null, (tx) =>
      publishFact(tx, {
        name: 'test.many',
        actor: null,
        recipients: Array.from({ length: count }, () => randomUUID()),
      }),
    )

  test('names a thousand recipients at most, and says so before the database does', async () => {
    await publish(MOST_RECIPIENTS)
    await assert.rejects(
      publish(MOST_RECIPIENTS + 1),
      /^RangeError: The fact test\.many names 1001 recipients, 1000 at most: let its notice’s audience say who they are\.$/,
    )
    const { rows } = await database.owner.query(`SELECT FROM facts WHERE name = 'test.many'`)
    assert.equal(rows.length, 1)
  })
})
