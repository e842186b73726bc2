import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { openBrowser, openPage, withBrowser } from '../../src/testing/browser.ts'
import { signIn } from '../../src/testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts'
import { insert, makeCoachApplication, makeUser, type TestUser } from '../../src/testing/factories.ts'
import { startSite, type TestSite } from '../../src/testing/site.ts'

type Opened = { page: Page; complaints: string[] }

describe('the administration', withBrowser, () => {
  let database: TestDatabase
  let site: TestSite
  let browser: Browser
  let admin: TestUser
  let root: TestUser
  let member: TestUser
  before(async () => {
    database = await createTestDatabase()
    site = await startSite(database)
    const { owner } = database
    admin = await makeUser(owner, { full_name: 'Thandiwe Dube' }, 'admin')
    root = await makeUser(owner, { full_name: 'Lindiwe Khumalo' }, 'super_admin')
    member = await makeUser(owner, { full_name: 'Zanele Mthembu' })
    browser = await openBrowser()
  })
  after(async () => {
    await browser.close()
    await site.close()
    await database.close()
  })

  /** A browser in which this person has just signed in. */
  const openAs = async (user: TestUser, options: BrowserContextOptions = {}): Promise<Opened> => {
    const { token } = await signIn(site, user)
    const opened = await openPage(browser, site.origin, options)
    await opened.page
      .context()
      .addCookies([{ name: 'bcn_session', value: encodeURIComponent(token ?? ''), url: site.origin }])
    return opened
  }
  const close = async ({ page, complaints }: Opened) => {
    assert.deepEqual(complaints, [])
    await page.context().close()
  }

  test('is closed to members, in words', async () => {
    const opened = await openAs(member)
    for (const path of ['/admin', '/admin/people', `/admin/people/${admin.id}`, '/admin/settings']) {
      assert.equal((await opened.page.goto(path))?.status(), 403, path)
    }
    await opened.page.getByRole('heading', { name: 'This page is not open to you' }).waitFor()
    await close(opened)
  })

  test('lets an admin make somebody a coach until tomorrow, and tells who did it and why', async () => {
    const opened = await openAs(admin)
    const { page } = opened
    await page.goto('/admin/people?q=zanele')
    await page.getByRole('link', { name: 'Zanele Mthembu' }).click()
    await page.getByRole('button', { name: 'Grant a role' }).click()
    const dialog = page.getByRole('dialog')
    assert.deepEqual(await dialog.getByLabel('Role').locator('option').allTextContents(), ['Coach'])
    await dialog.getByRole('button', { name: 'Until tomorrow' }).click()
    await dialog.getByLabel('Reason').fill('Stands in for Kwame')
    await dialog.getByRole('button', { name: 'Grant a role' }).click()
    const grant = page.getByRole('listitem').filter({ hasText: 'Stands in for Kwame' })
    await grant.getByText('In force').waitFor()
    await grant.getByText('Thandiwe Dube').waitFor()
    assert.equal(await dialog.isVisible(), false)
    const { rows } = await database.owner.query(
      `SELECT extract(epoch FROM expires_at - now()) AS seconds FROM user_roles WHERE user_id = $1 AND role_name = 'coach'`,
      [member.id],
    )
    assert.ok(
      Math.abs(Number(rows[0].seconds) - 86_400) < 180,
      'a day from now, whatever the zone of the page',
    )

    await grant.getByRole('button', { name: 'End now' }).click()
    await dialog.getByLabel('Reason').fill('Kwame is back')
    await dialog.getByRole('button', { name: 'End now' }).click()
    await grant.getByText('Ended early').waitFor()
    await grant.getByText('Kwame is back').waitFor()
    await close(opened)
  })

  test('answers an application without JavaScript, once', async () => {
    const applicant = await makeUser(database.owner, { full_name: 'Rudo Chikwanha' })
    await makeCoachApplication(database.owner, applicant.id)
    const opened = await openAs(admin, { javaScriptEnabled: false })
    const { page } = opened
    await page.goto('/admin/coach-applications')
    await page.getByRole('link', { name: 'Rudo Chikwanha' }).click()
    const late = page.url()
    await page.getByLabel('Approve').check()
    await page.getByLabel('Reason, for the applicant').fill('Welcome among the coaches')
    await page.getByLabel('Coach until').fill('2020-01-01T10:00')
    await page.getByRole('button', { name: 'Send the answer' }).click()
    await page.getByText('It must end later than now').first().waitFor()
    assert.equal(
      await page.getByLabel('Reason, for the applicant').inputValue(),
      'Welcome among the coaches',
      'what was typed is still there',
    )
    await page.getByLabel('Coach until').fill('')
    await page.getByRole('button', { name: 'Send the answer' }).click()
    await page.getByText('The answer is on its way.').waitFor()
    await page.goto(late)
    await page.getByText('Welcome among the coaches').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Send the answer' }).count(), 0)
    await close(opened)
  })

  test('says to everybody, in their language, what a super admin announces', async () => {
    const opened = await openAs(root)
    const { page } = opened
    await page.goto('/admin/settings')
    const form = page.locator('form').filter({ has: page.getByLabel('Kiswahili') })
    await form.getByLabel('English').fill('We rest tonight from ten to eleven.')
    await form.getByLabel('Kiswahili').fill('Tunapumzika leo saa nne hadi saa tano usiku.')
    await form.getByLabel('Français').fill('Nous nous reposons ce soir de dix à onze heures.')
    await form.getByRole('button', { name: 'Save' }).click()
    await page.getByText('We rest tonight from ten to eleven.').first().waitFor()
    const reader = await openPage(browser, site.origin)
    await reader.page.goto('/sw/help')
    await reader.page.getByText('Tunapumzika leo saa nne').waitFor()
    await close(reader)
    await close(opened)
  })

  test('moves a question by keyboard, again and again, to the end of its list', async () => {
    for (const [n, question] of ['One?', 'Two?', 'Three?'].entries())
      await insert(database.owner, 'faqs', {
        category: 'Order',
        question,
        answer: 'Yes.',
        language: 'en',
        sequence_order: n,
        is_published: true,
      })
    const opened = await openAs(admin)
    const { page } = opened
    await page.goto('/admin/faqs', { waitUntil: 'networkidle' })
    await page.getByRole('button', { name: 'Move down: One?' }).focus()
    await page.keyboard.press('Enter')
    await page.locator('button[aria-label="Move up: One?"]').waitFor()
    await page.locator('button[aria-label="Move down: One?"]:focus').waitFor()
    await page.keyboard.press('Enter')
    await page.locator('button[aria-label="Move up: One?"]:focus').waitFor()
    await close(opened)
  })

  test('tells on every page that a super admin acts as somebody else, and ends it', async () => {
    const opened = await openAs(root)
    const { page } = opened
    await page.goto(`/admin/people/${member.id}`)
    await page.getByRole('button', { name: 'Act as this person' }).click()
    await page.getByRole('dialog').getByLabel('Reason').fill('Cannot see her program')
    await page.getByRole('dialog').getByRole('button', { name: 'Act as this person' }).click()
    await page.waitForURL('**/dashboard')
    const banner = page.getByRole('form', { name: 'Acting for somebody else' })
    await banner.getByText('You act as Zanele Mthembu.').waitFor()
    await page.goto('/programs')
    await banner.getByRole('button', { name: 'Stop acting as somebody else' }).click()
    await page.waitForURL('**/sign-in?*')
    const { rows } = await database.owner.query(
      'SELECT count(*) AS open FROM sessions WHERE impersonator_id IS NOT NULL',
    )
    assert.equal(rows[0].open, '0')
    await close(opened)
  })
})
