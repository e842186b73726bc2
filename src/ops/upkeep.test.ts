import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createEmptyDatabase, createTestDatabase } from '../testing/database.ts'
import { makePost } from '../testing/factories.ts'
import { answerOf } from '../testing/ops.ts'
import { countersCommand } from './counters.ts'
import { partitionsCommand } from './partitions.ts'

const database = await createTestDatabase()
after(() => database.close())
const { owner } = database

test('partitions tells what is missing without making it, fails below three months, and makes it with --yes', async () => {
  assert.equal((await answerOf(partitionsCommand, database))[0], 'nothing to do')
  const { rows } = await owner.query<{ name: string }>(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'notifications'::regclass ORDER BY 1 DESC LIMIT 4`,
  )
  const dropped = rows.map(({ name }) => name).sort()
  await owner.query(`DROP TABLE ${dropped.join(', ')}`)

  await assert.rejects(answerOf(partitionsCommand, database), /fewer than 3 months ahead: notifications$/)
  const made = await answerOf(partitionsCommand, database, '--yes')
  assert.deepEqual(
    made.slice(0, 4),
    dropped.map((name) => `made ${name}`),
  )
  assert.equal((await answerOf(partitionsCommand, database, '--yes'))[0], 'nothing to do')
})

test('counters tells the drift without touching it, and repairs it with --yes', async () => {
  const post = await makePost(owner)
  await owner.query('UPDATE posts SET like_count = 40 WHERE post_id = $1', [post.post_id])
  const [first, last] = await answerOf(countersCommand, database)
  assert.equal(first, `  posts.like_count of ${post.post_id} is 40, should be 0`)
  assert.equal(last, '1 differ; nothing was changed, add --yes to repair')
  assert.match((await answerOf(countersCommand, database, '--yes'))[0]!, /^repaired 1;/)
  assert.deepEqual(await answerOf(countersCommand, database), [
    'nothing to do: every counter is what it counts',
  ])
  await owner.query('SELECT fold_counters()')
  const { rows } = await owner.query('SELECT like_count FROM posts WHERE post_id = $1', [post.post_id])
  assert.equal(rows[0].like_count, '0')
})

test('a database without our tables is one line', async () => {
  const empty = await createEmptyDatabase()
  try {
    for (const command of [partitionsCommand, countersCommand]) {
      await assert.rejects(answerOf(command, empty), /^OperatorError: the database is not at this version/)
    }
  } finally {
    await empty.close()
  }
})
