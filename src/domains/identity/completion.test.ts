import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeTag, makeUser, type TestUser } from '../../testing/factories.ts'

type Completion = { percent: number; missing: { part: string; percent: number }[] }

/** What just fulfils each rule, what just does not, and what the rule gives. */
const RULES: Readonly<Record<string, { percent: number; enough: unknown[]; short: unknown[] }>> = {
  profile_photo_url: { percent: 15, enough: ['photos/a'], short: [null, ''] },
  bio: { percent: 15, enough: ['x'.repeat(50)], short: [null, `${'x'.repeat(49)}   `] },
  tagline: { percent: 10, enough: ['T'], short: [null, ' '] },
  occupation: { percent: 10, enough: ['Tailor'], short: [null, ''] },
  location: {
    percent: 10,
    enough: [{ country: 'KE', city: 'Nairobi' }],
    short: [null, { country: 'KE' }, { city: 'Nairobi', timezone: 'Africa/Nairobi' }, [], 'Nairobi'],
  },
  skills: { percent: 10, enough: [['a', 'b', 'c']], short: [null, ['a', 'b']] },
  brand_name: { percent: 5, enough: ['Amina Stitches'], short: [null, ''] },
  mission_statement: { percent: 5, enough: ['Keep books.'], short: [null, ''] },
  industry: { percent: 5, enough: ['Fashion'], short: [null, ''] },
  years_experience: { percent: 5, enough: [0, 9], short: [null] },
  social_links: { percent: 5, enough: [{ website: 'https://a.example' }], short: [null, {}, []] },
  portfolio_urls: { percent: 5, enough: [[{ title: 'A' }]], short: [null, [], {}] },
}

describe('the completion of a profile', () => {
  let database: TestDatabase
  let app: TestApp
  let user: TestUser
  let amina: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    user = await makeUser(database.owner)
    amina = await signedIn(app, user)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const completion = async () =>
    (await amina.get<{ completion: Completion }>('/api/v1/me/profile')).body.completion
  const write = (column: string, value: unknown) =>
    database.owner.query(`UPDATE user_profiles SET ${column} = $1 WHERE user_id = $2`, [
      typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
      user.id,
    ])
  /** A text is no JSON by itself. */
  const stored = (column: string, value: unknown) =>
    column === 'location' && typeof value === 'string' ? JSON.stringify(value) : value

  test('gives parts that sum up to a hundred, and begins with none', async () => {
    const { percent, missing } = await completion()
    assert.equal(percent, 0)
    assert.deepEqual(
      missing.map((one) => [one.part, one.percent]),
      Object.entries(RULES).map(([part, rule]) => [part, rule.percent]),
    )
    assert.equal(
      missing.reduce((sum, one) => sum + one.percent, 0),
      100,
    )
  })

  for (const [part, rule] of Object.entries(RULES))
    test(`gives ${rule.percent} for ${part}, and nothing for less than enough`, async () => {
      for (const value of rule.enough) {
        await write(part, stored(part, value))
        const { percent, missing } = await completion()
        assert.equal(percent, rule.percent, JSON.stringify(value))
        assert.ok(!missing.some((one) => one.part === part))
      }
      for (const value of rule.short) {
        await write(part, stored(part, value))
        const { percent, missing } = await completion()
        assert.equal(percent, 0, JSON.stringify(value))
        assert.ok(missing.some((one) => one.part === part))
      }
      await write(part, null)
    })

  test('takes a certificate for a portfolio', async () => {
    await write('certifications', [{ name: 'A', issuer: 'B' }])
    assert.equal((await completion()).percent, 5)
    await write('certifications', null)
  })

  test('follows the skills as they come and go', async () => {
    const tags = await Promise.all([1, 2, 3].map(() => makeTag(database.owner)))
    for (const { tag_id } of tags) await amina.put(`/api/v1/me/skills/${tag_id}`, { level: 'expert' })
    assert.equal((await completion()).percent, 10)
    await amina.delete(`/api/v1/me/skills/${tags[0]!.tag_id}`)
    assert.equal((await completion()).percent, 0)
  })

  test('is a hundred with all of it, and cannot be written otherwise', async () => {
    for (const [part, { enough }] of Object.entries(RULES)) await write(part, stored(part, enough[0]))
    assert.deepEqual(await completion(), { percent: 100, missing: [] })
    await write('profile_completion_percent', 3)
    assert.equal((await completion()).percent, 100)
    const me = await amina.get<{ profile: { profile_completion_percent: number } }>('/api/v1/me')
    assert.equal(me.body.profile.profile_completion_percent, 100)
  })
})
