import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makePartner, makeUser } from '../../testing/factories.ts'

type Page = { items: { slug: string }[]; next_cursor: string | null }

describe('the partners', () => {
  let database: TestDatabase
  let app: TestApp
  let stranger: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    stranger = clientOf(app)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const make = (slug: string, values = {}) =>
    makePartner(database.owner, {}, { slug, organization_name: slug, ...values })
  const find = async (query: string) => {
    const reply = await stranger.get<Page>(`/api/v1/partners?${query}`)
    assert.equal(reply.status, 200, reply.text)
    return reply.body
  }
  const slugsOf = ({ items }: Page) => items.map(({ slug }) => slug)

  test('featured ones come first, then by name; found by type and by where they are or work', async () => {
    const kigali = { headquarters_location: { country: 'RW', city: 'Kigali' } }
    await make('beta', { organization_name: 'Élan', ...kigali })
    await make('alpha', { organization_name: 'Zawadi', is_featured: true, operating_regions: ['RW', 'UG'] })
    await make('gamma', { organization_name: 'eland', ...kigali, partner_type: 'academic' })
    await make('delta', {
      organization_name: 'Asili',
      headquarters_location: { country: 'KE', city: 'Thika' },
    })
    assert.deepEqual(slugsOf(await find('country=RW')), ['alpha', 'beta', 'gamma'])
    assert.deepEqual(slugsOf(await find('country=RW&type=academic')), ['gamma'])
    const walked: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Page = await find(`limit=1${cursor && `&cursor=${cursor}`}`)
      walked.push(...slugsOf(page))
      cursor = page.next_cursor
    }
    assert.deepEqual(walked, ['alpha', 'delta', 'beta', 'gamma'])
    for (const query of ['type=friend', 'country=Kenya', 'cursor=nonsense'])
      assert.equal((await stranger.get(`/api/v1/partners?${query}`)).status, 400, query)
  })

  test('its page tells nothing of contacts, terms and figures; one that is not active is not there', async () => {
    await make('open', {
      contact_email: 'contact@secret.example',
      contact_phone: '+254700000000',
      custom_programs: { secret: 1 },
      total_participants: 4711,
    })
    const { status, text } = await stranger.get('/api/v1/partners/open')
    assert.equal(status, 200)
    assert.doesNotMatch(text, /secret|254700|4711/)
    await make('suspended', { status: 'suspended' })
    await make('gone', { deleted_at: new Date() })
    for (const slug of ['suspended', 'gone', 'nowhere'])
      assert.equal((await stranger.get(`/api/v1/partners/${slug}`)).status, 404, slug)
    await database.owner.query(`UPDATE partners SET slug = 'renamed' WHERE slug = 'open'`)
    await app.services.cache.forget('partners:page:open')
    const moved = await stranger.get('/api/v1/partners/open')
    assert.deepEqual([moved.status, moved.headers.location], [301, '/api/v1/partners/renamed'])
  })

  test('who acts for partners reads which, and in which role; others read of none', async () => {
    const amina = await makeUser(database.owner)
    const owned = await makePartner(database.owner, { [amina.id]: 'owner' }, { status: 'inactive' })
    const helped = await makePartner(database.owner, { [amina.id]: 'member' })
    await makePartner(database.owner, { [amina.id]: 'owner' }, { deleted_at: new Date() })
    const client = await signIn(app, amina)
    const { body } = await client.get<{ items: { partner_id: string; role: string; status: string }[] }>(
      '/api/v1/me/partners',
    )
    assert.deepEqual(
      body.items.map(({ partner_id, role, status }) => [partner_id, role, status]),
      [
        [owned.partner_id, 'owner', 'inactive'],
        [helped.partner_id, 'member', 'active'],
      ],
    )
    const other = await signIn(app, await makeUser(database.owner))
    assert.deepEqual((await other.get('/api/v1/me/partners')).body, { items: [] })
    assert.equal((await stranger.get('/api/v1/me/partners')).status, 401)
  })
})
