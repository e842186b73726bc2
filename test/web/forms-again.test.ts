import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { forgetSessions } from '../../src/domains/identity/sessions.ts'
import { openBrowser, openPage, signInByForm, withBrowser } from '../../src/testing/browser.ts'
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts'
import { makePost, makeUser, unique } from '../../src/testing/factories.ts'
import { type Mailbox, openMailbox } from '../../src/testing/mailbox.ts'
import { startSite, type TestSite } from '../../src/testing/site.ts'

describe('forms of a session that ends, or that must be proven anew,', withBrowser, () => {
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

  test('go on with a form as it was when the session has ended, in the page', async () => {
    const user = await makeUser(database.owner)
    const { page, complaints } = await open()
    await signInByForm(page, user.email)
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
    await signInByForm(page, user.email)
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

  test('ask within the page for what is liked and said there, too', async () => {
    const user = await makeUser(database.owner)
    const post = await makePost(database.owner)
    const { page, complaints } = await open()
    await signInByForm(page, user.email)
    await page.goto(`/community/${post.post_id}`)
    await page.getByLabel('Your comment').fill('Well done.')
    for (const name of ['Like', 'Send']) {
      await endSessions(user.id)
      await page.getByRole('button', { name, exact: true }).click()
      const dialog = page.getByRole('dialog', { name: 'Your session has ended' })
      await dialog.getByLabel('E-mail address or username').fill(user.email)
      await dialog.getByLabel('Password').fill(user.password)
      const taken = page.waitForResponse((one) => /reactions|comments/.test(one.url()) && one.ok())
      await dialog.getByRole('button', { name: 'Sign in' }).click()
      await taken
    }
    await page.getByRole('article').getByText('Well done.').waitFor()
    await page.getByRole('button', { name: 'Like', pressed: true }).waitFor()
    assert.equal(pathOf(page), `/community/${post.post_id}`)
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  test('ask for a proof where one is needed, with JavaScript and without', async () => {
    for (const javaScriptEnabled of [true, false]) {
      const user = await makeUser(database.owner)
      const { page } = await open({ javaScriptEnabled })
      await signInByForm(page, user.email)
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
    await signInByForm(page, user.email)
    await page.goto('/settings/security')
    await page.getByLabel('New password').fill('ndizi nne na chai ya tangawizi')
    await page.getByRole('button', { name: 'Set a new password' }).click()
    await page.getByText('Your new password holds.').waitFor()
    await page.goto('/settings')
    assert.equal(pathOf(page), '/settings')
    await page.context().close()
  })
})
