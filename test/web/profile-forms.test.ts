import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openBrowser, openPage, withBrowser } from '../../src/testing/browser.ts'
import { signedIn } from '../../src/testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts'
import { insert, makeTag, makeUser, type TestUser } from '../../src/testing/factories.ts'
import { startSite, type TestSite } from '../../src/testing/site.ts'

describe('the forms of a profile, in a browser,', withBrowser, () => {
  let database: TestDatabase
  let site: TestSite
  let browser: Browser
  before(async () => {
    database = await createTestDatabase()
    site = await startSite(database)
    browser = await openBrowser()
  })
  after(async () => {
    await browser.close()
    await site.close()
    await database.close()
  })

  const open = async (user: TestUser, options = {}) => {
    const { page } = await openPage(browser, site.origin, options)
    const client = await signedIn(site, user)
    await page.context().addCookies([{ name: 'bcn_session', value: client.token ?? '', url: site.origin }])
    return { page, client }
  }
  const withPortfolio = async (...titles: string[]) => {
    const user = await makeUser(database.owner)
    const opened = await open(user)
    await opened.client.patch('/api/v1/me/profile', {
      portfolio_urls: titles.map((title) => ({ title, url: 'https://example.com/a', type: 'website' })),
    })
    const titlesNow = async () => {
      const { body } = await opened.client.get<{ portfolio_urls: { title: string }[] }>('/api/v1/me/profile')
      return body.portfolio_urls.map(({ title }) => title)
    }
    return { ...opened, titlesNow }
  }

  test('remove what was chosen, and nothing more at the next save', async () => {
    const { page, titlesNow } = await withPortfolio('AAA', 'BBB', 'CCC')
    await page.goto('/settings/profile/portfolio')
    const save = page.getByRole('button', { name: 'Save' }).first()
    await page.getByRole('group', { name: 'AAA' }).getByRole('checkbox').check()
    await save.click()
    await page.getByRole('group', { name: 'AAA' }).waitFor({ state: 'detached' })
    assert.equal(await page.getByRole('checkbox', { checked: true }).count(), 0)
    await page.getByRole('group', { name: 'BBB' }).getByLabel('Title').fill('BBB 2')
    await save.click()
    await page.getByRole('group', { name: 'BBB 2' }).waitFor()
    assert.deepEqual(await titlesNow(), ['BBB 2', 'CCC'])
    await page.context().close()
  })

  test('say what is wrong at its own row, also where a row before it goes', async () => {
    const { page } = await withPortfolio('AAA', 'BBB')
    await page.goto('/settings/profile/portfolio')
    await page.getByRole('group', { name: 'AAA' }).getByRole('checkbox').check()
    const row = page.getByRole('group', { name: 'BBB' })
    await row.getByLabel('Address').fill('ftp://example.com/a')
    await page.getByRole('button', { name: 'Save' }).first().click()
    await row.getByText('A whole address that begins with https://').waitFor()
    assert.equal(await page.locator('[aria-invalid]').count(), 1)
    assert.equal(await page.getByRole('group', { name: 'AAA' }).getByRole('checkbox').isChecked(), true)
    await page.context().close()
  })

  test('say that there was another change, keep what was typed, and take it at the second save', async () => {
    const { page, client } = await open(await makeUser(database.owner))
    await page.goto('/settings/profile')
    await client.patch('/api/v1/me/profile', { tagline: 'From elsewhere' })
    await page.getByLabel('In one line').fill('From here')
    await page.getByRole('button', { name: 'Save' }).first().click()
    await page.getByText('Your profile was changed elsewhere meanwhile').waitFor()
    assert.equal(await page.getByLabel('In one line').inputValue(), 'From here')
    await page.getByRole('button', { name: 'Save' }).first().click()
    await page.getByText('Saved.').waitFor()
    const { body } = await client.get<{ tagline: string }>('/api/v1/me/profile')
    assert.equal(body.tagline, 'From here')
    await page.context().close()
  })

  test('take a follower off the list, also one who came by "more"', async () => {
    const user = await makeUser(database.owner)
    const people = await Promise.all(Array.from({ length: 22 }, () => makeUser(database.owner)))
    for (const [n, { id }] of people.entries())
      await insert(database.owner, 'user_connections', {
        follower_id: id,
        following_id: user.id,
        created_at: new Date(Date.now() - n * 60_000),
      })
    const { page } = await open(user)
    await page.goto(`/people/${user.id}/followers`, { waitUntil: 'networkidle' })
    await page.getByRole('link', { name: 'Show more' }).click()
    await page.getByText('That is all.').waitFor()
    const rows = page.locator('main li')
    assert.equal(await rows.count(), 22)
    await rows.last().getByText('Remove', { exact: true }).click()
    await rows.last().getByRole('button', { name: 'Yes, remove' }).click()
    await page.locator('main ul:not(:has(li:nth-child(22)))').waitFor()
    assert.equal(await rows.count(), 21)
    await page.context().close()
  })

  test('stay on the page when the network is away', async () => {
    const { page, client } = await open(await makeUser(database.owner))
    const tag = await makeTag(database.owner, { category: 'skill', name: 'Weaving' })
    await client.put(`/api/v1/me/skills/${tag.tag_id}`, { level: 'expert' })
    await page.goto('/settings/profile/skills', { waitUntil: 'networkidle' })
    await page.context().setOffline(true)
    await page.getByRole('button', { name: 'Take Weaving away' }).click()
    await page.getByText('We could not be reached').waitFor()
    await page.getByText('Weaving').first().waitFor()
    await page.context().close()
  })

  test('say what is wrong with a field in the reader’s language', async () => {
    const { page } = await open(await makeUser(database.owner))
    await page.goto('/sw/settings/profile')
    await page.locator('[name=tagline]').fill('!!!')
    await page.getByRole('button', { name: 'Hifadhi' }).first().click()
    await page.getByText('Hii haina muundo sahihi.').waitFor()
    await page.goto('/fr/community/new')
    await page.locator('[name=content]').fill('Bonjour')
    await page.locator('[name=tags]').fill('a1,b1,c1,d1,e1,f1,g1,h1,i1,j1,k1,l1')
    await page.getByRole('button', { name: 'Publier' }).click()
    await page.getByText('Il y en a trop.').waitFor()
    await page.context().close()
  })
})
