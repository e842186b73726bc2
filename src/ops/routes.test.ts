import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listRoutes, openApiDocument } from '../app/route-list.ts'
import { readConfig } from '../platform/config.ts'
import { LIMITS, type RouteRule } from '../platform/http/index.ts'
import { createLog } from '../platform/log.ts'
import { routesCommand } from './routes.ts'

/** Without a database, a cache or a data folder. */
async function answer(...args: readonly string[]): Promise<string[]> {
  const config = readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent', DATA_DIR: '/nowhere' })
  const lines: string[] = []
  const print = (line: string) => void lines.push(line)
  await routesCommand.run({
    config,
    log: createLog(config),
    args,
    yes: false,
    listRoutes,
    openApiDocument,
    print,
  })
  return lines
}

test('the routes are listed in aligned columns, sorted by path, with the figures of each class', async () => {
  const lines = await answer()
  const [head = ''] = lines
  const me = lines.find((line) => / \/api\/v1\/me /.test(line))
  assert.match(me ?? '', /^GET +\/api\/v1\/me +signed in +yes +read +staff$/)
  assert.equal(me?.indexOf('/api'), head.indexOf('path'))
  assert.equal(me?.indexOf('read'), head.indexOf('limit'))
  assert.match(lines.join('\n'), /\/admin\/metrics +metrics\.read \(admin, super_admin\)/)
  assert.match(lines.join('\n'), /^sign_in +1200 +60 +exact; refuses without a cache$/m)
  const paths = lines.slice(1, lines.indexOf('')).map((line) => line.split(/ {2,}/)[1]!)
  assert.deepEqual(paths, paths.toSorted())
  assert.ok(paths.length > 20)
})

test('for machines they are JSON, with every field', async () => {
  const [text = '', ...rest] = await answer('--json')
  assert.deepEqual(rest, [])
  const { routes, limits } = JSON.parse(text) as { routes: RouteRule[]; limits: unknown }
  assert.deepEqual(limits, LIMITS)
  assert.deepEqual(
    routes.find(({ path }) => path === '/health/live'),
    {
      method: 'GET',
      path: '/health/live',
      access: 'public',
      permission: null,
      roles: [],
      proof: false,
      impersonation: false,
      limit: 'none',
      inMaintenance: true,
    },
  )
})
