import assert from 'node:assert/strict'
import { test } from 'node:test'
import { splitStatements } from './sql-statements.ts'

const texts = (script: string) => splitStatements(script).map((statement) => statement.text)

test('statements end at semicolons, the last one without', () => {
  assert.deepEqual(texts('select 1;\n\nselect 2 ; select 3'), ['select 1', 'select 2', 'select 3'])
})

test('semicolons in strings, identifiers, dollar quotes and comments end nothing', () => {
  const script = [
    `select 'a;''b;', E'it\\'s;', "odd;""name";`,
    'do $body$ begin perform $$;$$; end $body$;',
    'select 1 -- ; no\n + /* ; /* ; */ ; */ 2;',
    'select $1, a$b;',
  ]
  assert.deepEqual(
    texts(script.join('\n')),
    script.map((text) => text.slice(0, -1)),
  )
})

test('semicolons in parentheses and in a BEGIN ATOMIC body end nothing', () => {
  const script = [
    'create rule r as on insert to t do (select 1; select 2);',
    'create function f() returns int begin atomic; select case when true then 1 else 2 end; select 3; end;',
    'begin;',
    'commit;',
  ]
  assert.deepEqual(
    texts(script.join('\n')),
    script.map((text) => text.slice(0, -1)),
  )
})

test('each statement knows its line and the comment right above it', () => {
  const statements = splitStatements('-- far\n\n-- safe: empty table\n-- truly\nselect 1;\n\nselect 2;')
  assert.deepEqual(
    statements.map(({ line, comment }) => [line, comment]),
    [
      [5, '-- safe: empty table\n-- truly\n'],
      [7, ''],
    ],
  )
})
