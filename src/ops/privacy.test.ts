import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createTestDatabase, type TestDatabase } from '../testing/database.ts'
import { makeUser } from '../testing/factories.ts'
import { answerOf } from '../testing/ops.ts'
import { privacyCommand } from './privacy.ts'

describe('ops privacy', () => {
  let database: TestDatabase
  before(async () => {
    database = await createTestDatabase()
  })
  after(() => database.close())
  const answer = (...words: string[]) => answerOf(privacyCommand, database, ...words)

  test('columns prints every column with its class, exporter and eraser, and no gap', async () => {
    const lines = await answer('columns')
    assert.match(lines.at(-1)!, /^\d+ columns, \d+ personal, 0 gaps$/)
    assert.match(
      lines.find((line) => line.startsWith('messages.content '))!,
      /personal parties +data\/messages\.json +deleted with its row/,
    )
    assert.match(lines.find((line) => line.startsWith('users.password_hash '))!, /secret none +- +emptied/)
  })

  test('erases nobody who has not asked for it, and changes nothing without --yes', async () => {
    const person = await makeUser(database.owner)
    assert.match((await answer('purge', '--person', person.email)).join(), /nothing was changed/)
    await assert.rejects(answer('purge', '--person', person.email, '--yes'), /have not asked to be erased/)
    await assert.rejects(answer('purge', '--person', 'nobody-here', '--yes'), /nobody is called/)
  })

  test('replay finds nobody where nobody who was erased is back', async () => {
    assert.match((await answer('replay')).join(), /nothing to do/)
  })

  test('refuses words that it does not know', async () => {
    await assert.rejects(answer('forget'), /expected privacy and one of columns/)
    await assert.rejects(answer('scan', '--everything', 'x'), /expected npm run ops/)
    await assert.rejects(answer('scan'), /expected npm run ops/)
  })
})
