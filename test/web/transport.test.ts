import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, get, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { signedIn } from '../../src/testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts'
import { makeUser } from '../../src/testing/factories.ts'
import { startSite, type TestSite } from '../../src/testing/site.ts'
import { type ApiTransport, openPages } from '../../web/handler.ts'

const html = { accept: 'text/html' }

describe('a page asks the API', () => {
  let database: TestDatabase
  let site: TestSite
  before(async () => {
    database = await createTestDatabase()
    site = await startSite(database, { env: { TRUST_PROXY: '1' } })
  })
  after(async () => {
    await site.close()
    await database.close()
  })

  test('as the person who asks for the page: with their session, and from their address', async () => {
    const user = await makeUser(database.owner, { full_name: 'Wanjiru wa Kamau' })
    const { token } = await signedIn(site, user)
    const headers = { ...html, cookie: `bcn_session=${token}`, 'x-forwarded-for': '203.0.113.7' }
    const page = await (await fetch(`${site.origin}/me`, { headers })).text()
    assert.match(page, /Wanjiru wa Kamau/)
    const asked = await (await fetch(`${site.origin}/me`, { headers: html, redirect: 'manual' })).text()
    assert.doesNotMatch(asked, /Wanjiru/)
  })

  test('and is counted by its limits like any other client: beyond them the page says so', async () => {
    const user = await makeUser(database.owner)
    const { token } = await signedIn(site, user)
    const cookie = `bcn_session=${token}`
    const read = () => site.server.inject({ url: '/api/v1/me', headers: { cookie } })
    const left = async () => Number(/r=(\d+)/.exec(String((await read()).headers.ratelimit))?.[1])
    const before = await left()
    // Each page asks for its person and for how much they have not read.
    for (let i = 0; i < 3; i++) await fetch(`${site.origin}/me`, { headers: { ...html, cookie } })
    assert.equal(await left(), before - 3 * 2 - 1)
  })

  test('and tells search engines its own address, whatever host a client names', async () => {
    for (const path of ['/sitemap.xml', '/robots.txt', '/']) {
      const text = await getAs('evil.example', `${site.origin}${path}`)
      assert.doesNotMatch(text, /evil/, path)
      assert.ok(text.includes(site.origin), path)
    }
  })

  test('and sends nobody who is signed in to another site, nor into a language twice', async () => {
    const user = await makeUser(database.owner)
    const { token } = await signedIn(site, user)
    const headers = { ...html, cookie: `bcn_session=${token}` }
    const leads = async (to: string) => {
      const at = `${site.origin}/sw/sign-in?return_to=${encodeURIComponent(to)}`
      return (await fetch(at, { headers, redirect: 'manual' })).headers.get('location')
    }
    assert.equal(await leads('/sw/settings'), '/sw/settings')
    for (const away of ['//evil.example', '/.//evil.example', '/x/..//evil.example', '/sw//evil.example']) {
      assert.equal(await leads(away), '/sw/dashboard', away)
    }
  })

  test('and keeps a private page out of every cache', async () => {
    const user = await makeUser(database.owner)
    const { token } = await signedIn(site, user)
    const reply = await fetch(`${site.origin}/me`, { headers: { ...html, cookie: `bcn_session=${token}` } })
    assert.equal(reply.headers.get('cache-control'), 'private, no-store')
  })
})

describe('an API that is', () => {
  const down: ApiTransport = () => Promise.reject(new Error('connect ECONNREFUSED'))
  let server: Server
  let origin: string
  before(async () => {
    const pages = await openPages({ origin: 'http://localhost' })
    server = createServer((request, response) =>
      pages(
        Object.assign(request, { web: { api: down, origin: 'http://localhost', uploadOrigin: null } }),
        response,
      ),
    )
    await once(server.listen(0, '127.0.0.1'), 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(() => server.close())

  test('down is told by a page with a way on, and nobody is shown as signed out', async () => {
    const reply = await fetch(`${origin}/me`, {
      headers: { ...html, cookie: 'bcn_session=x' },
      redirect: 'manual',
    })
    assert.equal(reply.status, 503)
    assert.match(await reply.text(), /We cannot be reached just now/)
  })

  test('down leaves pages without data as they are', async () => {
    const reply = await fetch(`${origin}/sw/offline-shell`, { headers: html })
    assert.equal(reply.status, 200)
    assert.match(await reply.text(), /Huna mtandao/)
  })
})

/** fetch does not let a Host header be written. */
function getAs(host: string, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { ...html, host } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => {
        text += part
      })
      response.on('end', () => resolve(text))
    }).on('error', reject)
  })
}
