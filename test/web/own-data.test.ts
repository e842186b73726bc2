import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openBrowser, openPage, signInByForm, withBrowser } from '../../src/testing/browser.ts'
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts'
import { makeUser } from '../../src/testing/factories.ts'
import { type Mailbox, openMailbox } from '../../src/testing/mailbox.ts'
import { startSite, type TestSite } from '../../src/testing/site.ts'

describe('the page of one’s own data', withBrowser, () => {
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

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? '' : ', without JavaScript'
    test(`packs it, shows how far it is, and hands it over by a link${how}`, async () => {
      const user = await makeUser(database.owner)
      const { page, complaints } = await openPage(browser, site.origin, { javaScriptEnabled })
      await signInByForm(page, user.email)
      await page.goto('/settings/data')
      await page.getByRole('button', { name: 'Pack my data' }).click()
      const prepare = page.getByRole('button', { name: 'Prepare the download' })
      if (!javaScriptEnabled) {
        await mailbox.about(user.email, /ready/)
        await page.goto('/settings/data')
      }
      await prepare.click()
      const link = page.getByRole('link', { name: 'Download the file' })
      await link.waitFor()
      const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
      assert.match(download.suggestedFilename(), /^brand-coach-network-\d{4}-\d\d-\d\d\.zip$/)
      assert.equal(
        readFileSync(await download.path())
          .subarray(0, 2)
          .toString(),
        'PK',
      )
      assert.deepEqual(complaints, [])
      await page.context().close()
    })

    test(`closes the account after asking, and the mailed link opens it again${how}`, async () => {
      const user = await makeUser(database.owner)
      const { page, complaints } = await openPage(browser, site.origin, { javaScriptEnabled })
      await signInByForm(page, user.email)
      await page.goto('/settings/data')
      await page.getByRole('radio', { name: /It goes/ }).check()
      await page.getByRole('checkbox', { name: /cannot be undone/ }).check()
      await page.getByRole('button', { name: 'Delete my account' }).click()
      await page.getByRole('heading', { name: 'Your account is closed' }).waitFor()
      await page.goto('/settings')
      assert.match(page.url(), /\/sign-in/)
      await page.getByLabel('E-mail address or username').fill(user.email)
      await page.getByLabel('Password').fill(user.password)
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await page.getByText('This account is about to be deleted').first().waitFor()
      const { rows } = await database.owner.query('SELECT public_writing FROM erasures WHERE user_id = $1', [
        user.id,
      ])
      assert.equal(rows[0].public_writing, 'goes')
      await page.goto(`/keep-account?token=${await mailbox.token(user.email)}`)
      await page.getByRole('button', { name: 'Keep my account' }).click()
      await page.getByRole('heading', { name: 'Your account is open again' }).waitFor()
      await signInByForm(page, user.email)
      assert.deepEqual(complaints, [])
      await page.context().close()
    })
  }
})
