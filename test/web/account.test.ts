import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { forgetSessions } from '../../src/domains/identity/sessions.ts'
import { openBrowser, openPage, withBrowser } from '../../src/testing/browser.ts'
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
  const pathOf = (page: Page) => new URL(page.url()).pathname
  /** As if the time had come: also for what the cache remembers of it. */
  const changeSessions = async (userId: string, change: string) => {
    const { rows } = await database.owner.query<{ session_id: string }>(
      'SELECT session_id FROM sessions WHERE user_id = $1',
      [userId],
    )
    await database.owner.query(`${change} WHERE user_id = $1`, [userId])
    await forgetSessions(site.services, ...rows.map(({ session_id }) => session_id))
  }
  const endSessions = (userId: string) => changeSessions(userId, 'DELETE FROM sessions')

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

  async function signIn(page: Page, login: string) {
    await page.goto('/sign-in?return_to=/settings')
    await page.getByLabel('E-mail address or username').fill(login)
    await page.getByLabel('Password').fill(testPassword)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.waitForURL((url) => url.pathname === '/settings')
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

  test('go on with a form as it was when the session has ended, in the page', async () => {
    const user = await makeUser(database.owner)
    const { page, complaints } = await open()
    await signIn(page, user.email)
    await page.getByLabel('Full name').fill('Amina of the Lake')
    await endSessions(user.id)
    await page.getByRole('button', { name: 'Save' }).first().click()
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' })
    await dialog.getByLabel('Password').fill(user.password)
    await dialog.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Saved.').waitFor()
    assert.equal(await page.getByLabel('Full name').inputValue(), 'Amina of the Lake')
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  test('go on with a form as it was when the session has ended, without JavaScript', async () => {
    const user = await makeUser(database.owner)
    const { page } = await open({ javaScriptEnabled: false })
    await signIn(page, user.email)
    const name = 'Amina "of" <the> Lake & shore'
    await page.getByLabel('Full name').fill(name)
    await endSessions(user.id)
    await page.getByRole('button', { name: 'Save' }).first().click()
    await page.getByRole('heading', { name: 'Your session has ended' }).waitFor()
    await page.getByLabel('E-mail address or username').fill(user.email)
    await page.getByLabel('Password').fill(user.password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('button', { name: 'Send it' }).click()
    await page.getByText('Saved.').waitFor()
    assert.equal(pathOf(page), '/settings')
    assert.equal(await page.getByLabel('Full name').inputValue(), name)
    await page.context().close()
  })

  test('ask for a proof where one is needed, with JavaScript and without', async () => {
    for (const javaScriptEnabled of [true, false]) {
      const user = await makeUser(database.owner)
      const { page } = await open({ javaScriptEnabled })
      await signIn(page, user.email)
      await page.goto('/settings/security')
      await changeSessions(user.id, `UPDATE sessions SET proven_at = now() - interval '1 hour'`)
      const email = `${unique('new')}@example.com`
      await page.getByLabel('New address').fill(email)
      await page.getByRole('button', { name: 'Send a link there' }).click()
      if (javaScriptEnabled) {
        const dialog = page.getByRole('dialog', { name: 'Is it you?' })
        await dialog.getByLabel('Password').fill(user.password)
        await dialog.getByRole('button', { name: 'Go on' }).click()
      } else {
        await page.getByRole('heading', { name: 'Is it you?' }).waitFor()
        await page.getByLabel('Password').fill(user.password)
        await page.getByRole('button', { name: 'Go on' }).click()
        await page.getByRole('button', { name: 'Send it' }).click()
      }
      await page.getByText('Open the link in the mail').waitFor()
      assert.match(await mailbox.token(email), /./)
      await page.context().close()
    }
  })

  test('keep a password change, which renews the session, on its page', async () => {
    const user = await makeUser(database.owner)
    const { page } = await open({ javaScriptEnabled: false })
    await signIn(page, user.email)
    await page.goto('/settings/security')
    await page.getByLabel('New password').fill('ndizi nne na chai ya tangawizi')
    await page.getByRole('button', { name: 'Set a new password' }).click()
    await page.getByText('Your new password holds.').waitFor()
    await page.goto('/settings')
    assert.equal(pathOf(page), '/settings')
    await page.context().close()
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
    await signIn(page, user.email)
    await page.goto('/help?q=free')
    await page.getByRole('button', { name: 'This helped me' }).click()
    await page.getByText('You said that this helped').waitFor()
    await page.getByText('It helped 1').waitFor()
    await page.context().close()
  })
})
