import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { OperatorError } from '../platform/errors.ts'
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

  test('proves nothing with needles that are none, and says so in one line', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bcn-needles-'))
    const file = join(folder, 'needles.json')
    const scanOf = async (text: string) => {
      writeFileSync(file, text)
      return answer('scan', '--needles', file).then(() => undefined, lineOf)
    }
    try {
      for (const [text, says] of [
        ['{"user_id":"x","needles":[]}', 'holds no needles'],
        ['{"user_id":"x","needles":[', 'is no JSON'],
        ['null', 'is no file of needles'],
        ['{"user_id":"x"}', 'is no file of needles'],
        ['{"user_id":"x","needles":["Amina"]}', 'is no file of needles'],
        ['{"user_id":"x","needles":[null]}', 'is no file of needles'],
        ['{"user_id":"x","needles":[{"what":"name","text":" "}]}', 'is no file of needles'],
        ['{"user_id":"x","needles":[{"what":"name"}]}', 'is no file of needles'],
      ] as const)
        assert.match(String(await scanOf(text)), new RegExp(`needles\\.json ${says}`), text)
      assert.match(
        await answer('scan', '--needles', folder).then(() => '', lineOf),
        /cannot be read: EISDIR$/,
      )
      assert.match(
        await answer('scan', '--needles', join(folder, 'none')).then(() => '', lineOf),
        /cannot be read: ENOENT$/,
      )
      const person = await makeUser(database.owner)
      const nowhere = join(folder, 'none', 'x')
      assert.match(
        await answer('needles', '--person', person.email, '--file', nowhere).then(() => '', lineOf),
        /cannot be written: ENOENT$/,
      )
      assert.match(String(await answer('needles', '--person', person.email, '--file', file)), /needles of/)
      const { rows } = await database.owner.query(
        `SELECT severity FROM audit_logs WHERE action = 'privacy.needles_taken' AND entity_id = $1`,
        [person.id],
      )
      // The try that could not be written too: what was read was read.
      assert.deepEqual(rows, [{ severity: 'warning' }, { severity: 'warning' }])
      await assert.rejects(answer('scan', '--needles', file), /something was found/)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  /** What an operator reads: one line, and no stack. */
  function lineOf(error: unknown): string {
    assert.ok(error instanceof OperatorError, String(error))
    assert.doesNotMatch(error.message, /\n|Amina/)
    return error.message
  }

  test('refuses words that it does not know', async () => {
    await assert.rejects(answer('forget'), /expected privacy and one of columns/)
    await assert.rejects(answer('scan', '--everything', 'x'), /expected npm run ops/)
    await assert.rejects(answer('scan'), /expected npm run ops/)
  })
})
