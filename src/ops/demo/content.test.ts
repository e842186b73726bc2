import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, test } from 'node:test'
import { Type } from 'typebox'
import { OperatorError } from '../../platform/errors.ts'
import { readContent } from './content.ts'
import { parseJson } from './json-file.ts'
import { placeOfPointer } from './json-places.ts'
import { createNames } from './names.ts'
import { parseProgram } from './program-file.ts'

const FOLDER = path.join(import.meta.dirname, '../../../db/demo')
const shape = Type.Array(Type.Object({ slug: Type.String() }, { additionalProperties: false }))
const says = (message: string) => (error: unknown) => {
  assert.ok(error instanceof OperatorError)
  assert.equal(error.message, message)
  return true
}

describe('the files of the demo world', () => {
  test('are whole: eight programs whose rubrics sum to 100, and one account a role', () => {
    const { programs, people } = readContent(FOLDER)
    assert.equal(programs.length, 8)
    for (const { rubric } of programs.flatMap(({ modules }) => modules.flatMap(({ lessons }) => lessons))) {
      if (rubric)
        assert.equal(
          rubric.reduce((sum, { points }) => sum + points, 0),
          100,
        )
    }
    assert.equal(people.filter(({ demo_account }) => demo_account).length, 5)
  })
})

describe('a malformed JSON file is named with the line', () => {
  for (const [what, text, message] of [
    ['broken off', '[\n  { "slug": "a" },\n', 'db/demo/x.json:2: the file is broken off'],
    [
      'a string without its end',
      '[\n  { "slug": "a },\n  {}\n]',
      'db/demo/x.json:2: "a }, is not expected here',
    ],
    ['a comma too many', '[\n  { "slug": "a" },\n]', 'db/demo/x.json:3: ] is not expected here'],
    [
      'another type',
      '[\n  { "slug": "a" },\n  {\n    "slug": 7\n  }\n]',
      'db/demo/x.json:4: /1/slug must be string',
    ],
    ['a key missing', '[\n  {}\n]', 'db/demo/x.json:2: /0 must have required properties slug'],
  ] as const) {
    test(what, () => assert.throws(() => parseJson('x.json', text, shape), says(message)))
  }

  test('a pointer leads through strings that hold brackets, and through escaped keys', () => {
    const text = '{\n"a": "]}\\"[",\n"b/c": [\n1,\n{"d": 2,\n"e": 3}\n]}'
    assert.ok(text.slice(placeOfPointer(text, '/b~1c/1/e')).startsWith('3}'))
  })
})

describe('a malformed program is named with the line', () => {
  const head = '---\ntitle: A\n---\n'
  for (const [what, text, message] of [
    ['no keys', 'title: A\n', 'db/demo/p.md:1: expected the keys between two lines ---'],
    ['no pair', '---\ntitle\n---\n', 'db/demo/p.md:2: expected key: value'],
    [
      'a foreign heading',
      `${head}\n## Modul: One\n`,
      'db/demo/p.md:5: expected ## long_description, ## Module: or ### Lesson:',
    ],
    [
      'a lesson alone',
      `${head}### Lesson: One\ntype: text\n`,
      'db/demo/p.md:4: a lesson comes before the first module',
    ],
    [
      'a quiz without questions',
      `${head}## Module: One\n\n### Lesson: Two\ntype: quiz\n\nWords.\n`,
      'db/demo/p.md:6: expected this quiz to end with one json block that holds an array',
    ],
    [
      'a foreign type',
      `${head}## Module: One\n\n### Lesson: Two\ntype: song\n\n`,
      "db/demo/p.md:6: expected a lesson's type: text, video, resource, quiz, assignment",
    ],
  ] as const) {
    test(what, () => assert.throws(() => parseProgram('p.md', text), says(message)))
  }
})

test('a name that leads nowhere is named with the line that mentions it', () => {
  const content = readContent(FOLDER)
  const names = createNames(content)
  assert.throws(
    () => names.of('person', 'kwame', 'connections.json'),
    says('db/demo/connections.json:5: there is no person called "kwame"'),
  )
  names.give('tag', 'pricing', 'tags.json', 0)
  assert.throws(
    () => names.give('tag', 'pricing', 'tags.json', 0),
    /tags\.json:\d+: a second tag is called "pricing"/,
  )
})
