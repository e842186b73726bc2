import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeCoach, makeUser } from '../../testing/factories.ts'

const PROFILE = '/api/v1/me/profile'
type Refusal = { code: string; errors: { pointer: string; code: string }[] }
type Profile = Record<string, unknown> & { completion: { percent: number; missing: { part: string }[] } }

describe('one’s own profile', () => {
  let database: TestDatabase
  let app: TestApp
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const newcomer = async () => signedIn(app, await makeUser(database.owner))
  const coach = async () => signedIn(app, await makeCoach(database.owner))
  const read = async (client: Client) => (await client.get<Profile>(PROFILE)).body
  const change = async (client: Client, fields: unknown) => {
    const reply = await client.patch<Profile>(PROFILE, fields)
    assert.equal(reply.status, 200, reply.text)
    return reply.body
  }

  test('takes what it is told, trims it, keeps the rest, and clears what is null', async () => {
    const amina = await newcomer()
    const filled = {
      brand_name: 'Amina Stitches',
      tagline: 'School uniforms 👗 that last',
      bio: 'Three machines.\n\nOne stubborn iron.',
      mission_statement: 'Keep books, keep dates.',
      occupation: 'Tailor',
      industry: 'Fashion',
      years_experience: 9,
      location: { country: 'KE', city: 'Nairobi', timezone: 'Africa/Nairobi' },
      show_email: true,
      social_links: { instagram: 'https://www.instagram.com/amina', website: 'https://amina.example.com' },
      certifications: [{ name: 'Tailoring', issuer: 'NITA', date: '2019-06', credential_id: 'T-1' }],
      portfolio_urls: [{ title: 'Lookbook', url: 'https://amina.example.com/look', type: 'website' }],
    }
    const { tagline, ...rest } = await change(amina, { ...filled, tagline: `  ${filled.tagline} ` })
    assert.equal(tagline, filled.tagline)
    for (const [name, value] of Object.entries(filled))
      if (name !== 'tagline') assert.deepEqual(rest[name], value, name)
    const later = await change(amina, { years_experience: null, industry: null, show_phone: true })
    assert.deepEqual(
      [later.years_experience, later.industry, later.show_phone, later.show_email, later.occupation],
      [null, null, true, true, 'Tailor'],
    )
    assert.deepEqual(await read(amina), later)
  })

  test('merges the members of its objects and replaces its lists whole (RFC 7396)', async () => {
    const amina = await newcomer()
    await change(amina, {
      location: { country: 'KE', city: 'Nairobi' },
      social_links: { twitter: 'https://x.com/amina', linkedin: 'https://ke.linkedin.com/in/amina' },
    })
    const moved = await change(amina, { location: { city: 'Kisumu' }, social_links: { twitter: null } })
    assert.deepEqual(moved.location, { country: 'KE', city: 'Kisumu' })
    assert.deepEqual(moved.social_links, { linkedin: 'https://ke.linkedin.com/in/amina' })
    const emptied = await change(amina, { location: null, social_links: { linkedin: null } })
    assert.deepEqual([emptied.location, emptied.social_links], [null, null])
  })

  test('of which two tabs change different parts at once keeps both', async () => {
    const amina = await newcomer()
    const cities = change(amina, { location: { city: 'Mombasa' } })
    await Promise.all([
      cities,
      change(amina, { location: { country: 'KE' } }),
      change(amina, { bio: 'Tailor.' }),
    ])
    const { location, bio } = await read(amina)
    assert.deepEqual([location, bio], [{ city: 'Mombasa', country: 'KE' }, 'Tailor.'])
  })

  test('that was changed since it was read is not overwritten by who says what they read', async () => {
    const amina = await newcomer()
    const { headers } = await amina.get(PROFILE)
    const etag = String(headers.etag)
    assert.match(etag, /^"[0-9a-f]{32}"$/)
    const first = await amina.patch(PROFILE, { tagline: 'First' }, { 'if-match': etag })
    assert.equal(first.status, 200)
    const second = await amina.patch<Refusal>(PROFILE, { tagline: 'Second' }, { 'if-match': etag })
    assert.deepEqual([second.status, second.body.code], [412, 'profile.changed'])
    const fresh = String(first.headers.etag)
    assert.notEqual(fresh, etag)
    for (const match of [fresh, `W/${fresh}`, `"other", ${fresh}`, '*'])
      assert.equal(
        (await amina.patch(PROFILE, { tagline: 'First' }, { 'if-match': match })).status,
        200,
        match,
      )
    const stale = await amina.patch(PROFILE, { tagline: 'x' }, { 'if-match': 'rubbish' })
    assert.equal(stale.status, 412)
  })

  test('sent from ten tabs with one tag takes one of them', async () => {
    const amina = await newcomer()
    const etag = String((await amina.get(PROFILE)).headers.etag)
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        amina.patch(PROFILE, { tagline: `Tab ${n}` }, { 'if-match': etag }),
      ),
    )
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, ...Array(9).fill(412)])
  })

  test('keeps its tag while others follow it and its photo changes', async () => {
    const user = await makeUser(database.owner)
    const amina = await signedIn(app, user)
    const tag = async () => (await amina.get(PROFILE)).headers.etag
    const before = await tag()
    await database.owner.query(
      `UPDATE user_profiles SET follower_count = 7, profile_photo_url = 'photos/a' WHERE user_id = $1`,
      [user.id],
    )
    assert.equal(await tag(), before)
  })

  test('takes a rate, availability and specialties from a coach alone, and only while they are one', async () => {
    const fields = {
      hourly_rate: { amount_minor: 1500, currency: 'UGX' },
      availability_status: 'busy',
      coaching_specialties: ['Pricing'],
      coaching_languages: ['en', 'sw'],
    }
    const user = await makeCoach(database.owner)
    const kwame = await signedIn(app, user)
    const told = await change(kwame, fields)
    for (const [name, value] of Object.entries(fields)) assert.deepEqual(told[name], value, name)
    const cleared = await change(kwame, { hourly_rate: null })
    assert.deepEqual([cleared.hourly_rate, cleared.availability_status], [null, 'busy'])
    await database.owner.query(
      `UPDATE user_roles SET revoked_at = now() WHERE user_id = $1 AND role_name = 'coach'`,
      [user.id],
    )
    for (const client of [kwame, await newcomer()])
      for (const [name, value] of Object.entries(fields)) {
        const reply = await client.patch<Refusal>(PROFILE, { bio: 'A coach.', [name]: value })
        assert.deepEqual([reply.status, reply.body.code], [403, 'profile.coach_only'], name)
        assert.equal((await read(client)).bio, null, 'nothing of it was taken')
      }
  })

  test('refuses what is not of its form, and names the field', async () => {
    const kwame = await coach()
    const item = { title: 'Book', url: 'https://example.com', type: 'website' }
    const certificate = { name: 'A', issuer: 'B' }
    const link = (network: string, url: string) =>
      [{ social_links: { [network]: url } }, `/social_links/${network}`] as const
    for (const [body, pointer] of [
      [{}, ''],
      [{ brand_name: 'x'.repeat(256) }, '/brand_name'],
      [{ tagline: 'two\nlines' }, '/tagline'],
      [{ tagline: 'turned \u202e around' }, '/tagline'],
      [{ occupation: ' \u00a0 ' }, '/occupation'],
      [{ industry: '' }, '/industry'],
      [{ bio: 'a\u0007bell' }, '/bio'],
      [{ bio: '\u2066isolated' }, '/bio'],
      [{ bio: 'x'.repeat(5001) }, '/bio'],
      [{ years_experience: -1 }, '/years_experience'],
      [{ years_experience: 81 }, '/years_experience'],
      [{ years_experience: 1.5 }, '/years_experience'],
      [{ location: {} }, '/location'],
      [{ location: { country: 'XX' } }, '/location/country'],
      [{ location: { country: 'ke' } }, '/location/country'],
      [{ location: { timezone: 'Africa/Atlantis' } }, '/location/timezone'],
      [{ location: { timezone: '+03:00' } }, '/location/timezone'],
      [{ location: { latitude: 1 } }, '/location/latitude'],
      [{ show_email: null }, '/show_email'],
      link('linkedin', 'https://linkedin.com.evil.example/in/a'),
      link('linkedin', 'https://evil.example/linkedin.com'),
      link('linkedin', 'https://linkedin.com@evil.example/'),
      link('linkedin', 'http://linkedin.com/in/a'),
      link('instagram', 'https://notinstagram.com/a'),
      link('website', 'javascript:alert(1)'),
      link('website', 'data:text/html,x'),
      link('website', 'https://127.0.0.1/'),
      link('myspace', 'https://myspace.com/a'),
      [{ certifications: [{ name: 'A' }] }, '/certifications/0/issuer'],
      [{ certifications: [{ ...certificate, date: '2019-13' }] }, '/certifications/0/date'],
      [{ certifications: [{ ...certificate, url: 'ftp://a.example' }] }, '/certifications/0/url'],
      [{ certifications: Array(31).fill(certificate) }, '/certifications'],
      [{ portfolio_urls: [{ ...item, url: 'http://example.com' }] }, '/portfolio_urls/0/url'],
      [{ portfolio_urls: [{ ...item, type: 'song' }] }, '/portfolio_urls/0/type'],
      [{ portfolio_urls: Array(31).fill(item) }, '/portfolio_urls'],
      [{ hourly_rate: { amount_minor: -1, currency: 'KES' } }, '/hourly_rate/amount_minor'],
      [{ hourly_rate: { amount_minor: 100, currency: 'XXX' } }, '/hourly_rate/currency'],
      [{ availability_status: 'asleep' }, '/availability_status'],
      [{ coaching_specialties: ['Pricing', 'Pricing'] }, '/coaching_specialties'],
    ] as const) {
      const reply = await kwame.patch<Refusal>(PROFILE, body)
      assert.equal(reply.status, 400, `${JSON.stringify(body).slice(0, 80)} → ${reply.text}`)
      assert.equal(reply.body.errors[0]?.pointer, pointer, JSON.stringify(body).slice(0, 80))
    }
    const beyond = await kwame.patch<Refusal>(PROFILE, {
      hourly_rate: { amount_minor: 9_999_999_999, currency: 'UGX' },
    })
    assert.deepEqual([beyond.status, beyond.body.code], [400, 'request.out_of_range'])
  })

  test('takes nothing that is not its owner’s to say', async () => {
    const user = await makeCoach(database.owner)
    const kwame = await signedIn(app, user)
    const { rows } = await database.owner.query(
      `SELECT column_name FROM information_schema.columns WHERE table_name = 'user_profiles'`,
    )
    const columns = rows.map(({ column_name }) => String(column_name))
    const taken = []
    for (const column of [...columns, 'role', 'roles', 'email_verified', 'completion'])
      if ((await kwame.patch<Refusal>(PROFILE, { [column]: null })).body.errors?.[0]?.code !== 'unknown')
        taken.push(column)
    assert.deepEqual(taken.sort(), [
      'availability_status',
      'bio',
      'brand_name',
      'certifications',
      'coaching_languages',
      'coaching_specialties',
      'hourly_rate',
      'industry',
      'location',
      'mission_statement',
      'occupation',
      'portfolio_urls',
      'show_email',
      'show_phone',
      'social_links',
      'tagline',
      'years_experience',
    ])
  })

  test('says who sees which part of it', async () => {
    const user = await makeUser(database.owner)
    const amina = await signedIn(app, user)
    await change(amina, { show_email: true })
    await amina.patch('/api/v1/me/settings', { profile_visibility: 'members_only' })
    assert.deepEqual((await read(amina)).visibility, {
      name_and_photo: 'public',
      profile: 'members_only',
      email: 'members_only',
      phone: 'private',
    })
  })

  test('shows at once in one’s own page, and in the audit by the names of what changed', async () => {
    const user = await makeUser(database.owner)
    const amina = await signedIn(app, user)
    await amina.get('/api/v1/me')
    await change(amina, { tagline: 'A new one', bio: 'Words.' })
    const me = await amina.get<{ profile: { tagline: string } }>('/api/v1/me')
    assert.equal(me.body.profile.tagline, 'A new one')
    const { rows } = await database.owner.query(
      `SELECT changes FROM audit_logs WHERE user_id = $1 AND action = 'identity.profile_changed'`,
      [user.id],
    )
    assert.deepEqual(rows, [{ changes: '["tagline", "bio"]' }])
  })

  test('is for who is signed in', async () => {
    const stranger = clientOf(app)
    assert.equal((await stranger.get(PROFILE)).status, 401)
    assert.equal((await stranger.patch(PROFILE, { bio: 'x' })).status, 401)
  })
})
