import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'

const WEB = path.join(import.meta.dirname, '../../web')
const LOCALES = ['en', 'sw', 'fr'] as const
type Messages = Readonly<Record<string, unknown>>

const read = (area: string, locale: string): Messages =>
  JSON.parse(readFileSync(path.join(WEB, 'messages', area, `${locale}.json`), 'utf8'))
const areas = globSync('*', { cwd: path.join(WEB, 'messages') })
/** What a message is filled with: {name}, {count} … */
const slots = (message: unknown) =>
  [...JSON.stringify(message).matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()

describe('the messages of the web application', () => {
  for (const area of areas) {
    test(`of ${area} are there in every language, with the same names in them`, () => {
      const [english, ...others] = LOCALES.map((locale) => read(area, locale)) as [Messages, ...Messages[]]
      for (const other of others) {
        assert.deepEqual(Object.keys(other).sort(), Object.keys(english).sort())
        for (const [key, message] of Object.entries(english)) {
          assert.deepEqual([...new Set(slots(other[key]))], [...new Set(slots(message))], key)
        }
      }
    })
  }

  test('are each in one area, and every area is compiled', () => {
    const keys = areas.flatMap((area) => Object.keys(read(area, 'en')))
    assert.deepEqual(
      keys.filter((key, i) => keys.indexOf(key) !== i),
      [],
    )
    const settings = JSON.parse(readFileSync(path.join(WEB, 'project.inlang/settings.json'), 'utf8'))
    const compiled = settings['plugin.inlang.messageFormat'].pathPattern as string[]
    assert.deepEqual(compiled.map((pattern) => pattern.split('/')[2]).sort(), [...areas].sort())
  })

  test('in French never break a line before a colon, a question mark or their like', () => {
    const breaking = areas.flatMap((area) =>
      Object.entries(read(area, 'fr')).filter(([, text]) => /« | [:;?!»]/.test(JSON.stringify(text))),
    )
    assert.deepEqual(breaking, [])
  })

  test('say something, and are all used', () => {
    const source = globSync('src/**/*.{svelte,ts}', { cwd: WEB })
      .filter((file) => !/paraglide|generated/.test(file))
      .map((file) => readFileSync(path.join(WEB, file), 'utf8'))
      .join('\n')
    for (const area of areas) {
      for (const locale of LOCALES) {
        for (const [key, message] of Object.entries(read(area, locale))) {
          assert.ok(JSON.stringify(message).length > 2, `${locale}: ${key} is empty`)
          assert.ok(new RegExp(`\\bm\\.${key}\\b`).test(source), `no page says ${key}`)
        }
      }
    }
  })
})
