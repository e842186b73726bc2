import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { PAGES } from '../../src/testing/pages/list.ts'

const SOURCES = path.join(import.meta.dirname, '../../web/src')
const ROUTES = path.join(SOURCES, 'routes')

test('every page of the web application is in the list of what is photographed, measured and tested', () => {
  const routes = globSync('**/+page.svelte', { cwd: ROUTES }).map((file) => `/${path.dirname(file)}`)
  const found = routes.map((route) => (route === '/.' ? '/' : route)).sort()
  const listed = [...new Set(PAGES.map(({ route }) => route))].sort()
  assert.deepEqual(listed, found, 'src/testing/pages/list.ts and web/src/routes differ')
  const names = PAGES.map(({ name }) => name)
  assert.deepEqual(names, [...new Set(names)], 'a name is given once')
})

test('no form is enhanced in the way that puts an error page in the place of what was typed', () => {
  const plain = globSync('**/*.svelte', { cwd: SOURCES }).filter((file) =>
    /use:enhance(?!=\{)/.test(readFileSync(path.join(SOURCES, file), 'utf8')),
  )
  assert.deepEqual(plain, [], 'submitting() or inPlace() of #lib/forms.ts keep the page')
})
