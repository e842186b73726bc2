import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { openBrowser, openPage, signInByForm, withBrowser } from '../../src/testing/browser.ts'
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts'
import { makeUser, testPassword, unique } from '../../src/testing/factories.ts'
import { type Mailbox, openMailbox } from '../../src/testing/mailbox.ts'
import { startSite, type TestSite } from '../../src/testing/site.ts'

describe('the account pages', withBrowser, () => {
  let database: TestDatabase
  let site: TestSite
  let mailbox: Mailbox
  let browser: Browser
  before(async () => {
    database = await createTestDatabase()
    site = await startSite(database)
    mailbox = await openMailbox(site)
    browser = await openBrowser()
  })
  after(async () => {
    await browser.close()
    await mailbox.stop()
    await site.close()
    await database.close()
  })

  const open = (options = {}) => openPage(browser, site.origin, options)
  async function fillSignUp(page: Page, email: string) {
    await page.goto('/sign-up')
    await page.getByLabel('Your name').fill('Amina Wanjiru')
    await page.getByLabel('E-mail address').fill(email)
    await page.getByLabel('Password').fill(testPassword)
    await page.getByRole('checkbox', { name: 'I agree to the terms' }).check()
    await page.getByRole('checkbox', { name: 'I have read the privacy notice' }).check()
    await page.getByRole('button', { name: 'Create my account' }).click()
    await page.getByText('Look into your mailbox').first().waitFor()
  }

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? '' : ', without JavaScript'
    test(`lead a newcomer from sign-up by the mailed link through the welcome to the dashboard${how}`, async () => {
      const { page, complaints } = await open({ javaScriptEnabled })
      const email = `${unique('amina')}@example.com`
      await fillSignUp(page, email)
      await page.goto(`/verify-email?token=${await mailbox.token(email)}`)
      await page.getByLabel('Password').fill(testPassword)
      await page.getByRole('button', { name: 'Open my account' }).click()
      await page.waitForURL('**/welcome')
      await page.getByRole('checkbox', { name: 'To learn something new' }).check()
      await page.getByRole('button', { name: 'Next' }).click()
      await page.waitForURL('**/welcome?step=skills')
      await page.getByRole('button', { name: 'Skip this' }).click()
      await page.waitForURL('**/welcome?step=language')
      await page.getByRole('button', { name: 'To my dashboard' }).click()
      await page.waitForURL('**/dashboard')
      const { rows } = await database.owner.query(
        `SELECT s.onboarding, (SELECT count(*)::int FROM user_consents c WHERE c.user_id = u.user_id) AS consents
         FROM users u JOIN user_settings s USING (user_id) WHERE email = $1`,
        [email],
      )
      assert.deepEqual(JSON.parse(rows[0].onboarding), { goals: ['learn'], step: 'done' })
      assert.equal(Number(rows[0].consents), 2)
      assert.deepEqual(complaints, [])
      await page.context().close()
    })
  }

  test('say what is wrong in the reader’s language, and keep what was typed', async () => {
    const { page } = await open({ javaScriptEnabled: false })
    await page.goto('/sw/sign-up')
    await page.getByLabel('Jina lako').fill('Amina')
    await page.getByLabel('Anwani ya barua pepe').fill('amina@example.com')
    await page.getByLabel('Nenosiri').fill('password1234')
    for (const box of await page.getByRole('checkbox').all()) await box.check()
    await page.getByRole('button', { name: 'Fungua akaunti yangu' }).click()
    await page.getByText('Nenosiri hili ni rahisi kukisiwa').first().waitFor()
    assert.equal(await page.getByLabel('Jina lako').inputValue(), 'Amina')
    assert.equal(
      await page.getByLabel('Nenosiri').inputValue(),
      '',
      'passwords are never written into a page',
    )
    await page.context().close()
  })

  test('take a sign-in by the keyboard alone, and lead back to the page that was asked for', async () => {
    const user = await makeUser(database.owner)
    const { page, complaints } = await open()
    await page.goto('/settings/security')
    await page.waitForURL('**/sign-in?return_to=*')
    const isAt = async (name: string) =>
      (await page.evaluate<string | null>('document.activeElement.getAttribute("name")')) === name
    for (let n = 0; n < 30 && !(await isAt('login')); n++) await page.keyboard.press('Tab')
    await page.keyboard.type(user.email)
    await page.keyboard.press('Tab')
    assert.ok(await isAt('password'))
    await page.keyboard.type(user.password)
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.pathname === '/settings/security')
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  test('lead to no other site after a sign-in', async () => {
    const user = await makeUser(database.owner)
    for (const to of ['//evil.example/', 'https://evil.example/', '/\\evil.example']) {
      const { page, complaints } = await open({ javaScriptEnabled: false })
      await page.goto(`/sign-in?return_to=${encodeURIComponent(to)}`)
      await page.getByLabel('E-mail address or username').fill(user.email)
      await page.getByLabel('Password').fill(user.password)
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await page.waitForURL((url) => !url.pathname.includes('sign-in'))
      assert.equal(new URL(page.url()).origin, site.origin)
      assert.deepEqual(complaints, [])
      await page.context().close()
    }
  })

  test('keep language and theme of the account where the browser has none of its own', async () => {
    const user = await makeUser(database.owner)
    await database.owner.query(
      `UPDATE user_settings SET language = 'sw', theme = 'dark' WHERE user_id = $1`,
      [user.id],
    )
    const { page } = await open()
    await page.goto('/sign-in?return_to=/settings')
    await page.getByLabel('E-mail address or username').fill(user.email)
    await page.getByLabel('Password').fill(user.password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.waitForURL((url) => url.pathname === '/sw/settings')
    await page.locator('html[data-theme=dark][lang=sw]').waitFor()
    await page.context().close()
  })

  test('say so when the service does not answer, and keep what was typed', async () => {
    const { page } = await open()
    await page.goto('/forgot-password')
    await page.getByLabel('E-mail address').fill('amina@example.com')
    await page.locator('html[data-ready]').waitFor()
    await page.context().setOffline(true)
    await page.getByRole('button', { name: 'Send me the link' }).click()
    await page.getByText('We could not be reached').waitFor()
    assert.equal(await page.getByLabel('E-mail address').inputValue(), 'amina@example.com')
    await page.context().close()
  })

  test('let somebody say that an answer helped, once signed in', async () => {
    const user = await makeUser(database.owner)
    await database.owner.query(
      `INSERT INTO faqs (category, question, answer) VALUES ('Learning', 'Is it free?', 'Some of it.')`,
    )
    const { page } = await open({ javaScriptEnabled: false })
    await signInByForm(page, user.email)
    await page.goto('/help?q=free')
    await page.getByRole('button', { name: 'This helped me' }).click()
    await page.getByText('You said that this helped').waitFor()
    await page.getByText('It helped 1').waitFor()
    await page.context().close()
  })
})
