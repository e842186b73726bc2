import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { PAGES } from '../../src/testing/pages/list.ts'

const ROUTES = path.join(import.meta.dirname, '../../web/src/routes')

test('every page of the web application is in the list of what is photographed, measured and tested', () => {
  const routes = globSync('**/+page.svelte', { cwd: ROUTES }).map((file) => `/${path.dirname(file)}`)
  const found = routes.map((route) => (route === '/.' ? '/' : route)).sort()
  const listed = [...new Set(PAGES.map(({ route }) => route))].sort()
  assert.deepEqual(listed, found, 'src/testing/pages/list.ts and web/src/routes differ')
  const names = PAGES.map(({ name }) => name)
  assert.deepEqual(names, [...new Set(names)], 'a name is given once')
})
