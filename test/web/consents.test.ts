import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openBrowser, openPage, signInByForm, withBrowser } from '../../src/testing/browser.ts'
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts'
import { makeUser } from '../../src/testing/factories.ts'
import { startSite, type TestSite } from '../../src/testing/site.ts'

describe('the page of one’s consents', withBrowser, () => {
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

  for (const [javaScriptEnabled, version] of [
    [true, '2'],
    [false, '3'],
  ] as const) {
    const how = javaScriptEnabled ? '' : ', without JavaScript'
    test(`comes first when the terms and the notice have changed, and leads on once both are accepted${how}`, async () => {
      const user = await makeUser(database.owner)
      const { page, complaints } = await openPage(browser, site.origin, { javaScriptEnabled })
      await signInByForm(page, user.email)
      await database.owner.query(
        `INSERT INTO legal_documents VALUES ('terms', $1, now()), ('privacy', $1, now())`,
        [version],
      )
      await site.services.cache.forget(`user:profile:${user.id}`)

      await page.goto('/settings/privacy?from=mail')
      assert.equal(new URL(page.url()).pathname, '/settings/consents')
      await page.getByText('Please read what has changed').waitFor()
      await page.getByRole('link', { name: 'Take my data along or delete my account' }).click()
      await page.getByRole('heading', { name: 'Your data', exact: true }).waitFor()

      await page.goto('/settings/privacy?from=mail')
      const accept = page.getByRole('button', { name: 'I have read it and accept' })
      assert.equal(await accept.count(), 2)
      await accept.first().click()
      await page.getByText('Accepted', { exact: true }).waitFor()
      assert.equal(await accept.count(), 1)
      await accept.click()
      await page.waitForURL((url) => url.pathname + url.search === '/settings/privacy?from=mail')
      await page.getByRole('heading', { name: 'Who sees you' }).waitFor()

      const { rows } = await database.owner.query(
        `SELECT purpose FROM user_consents WHERE user_id = $1 AND version = $2 AND granted ORDER BY purpose`,
        [user.id, version],
      )
      assert.deepEqual(rows, [{ purpose: 'privacy' }, { purpose: 'terms' }])
      await page.goto('/dashboard')
      assert.equal(new URL(page.url()).pathname, '/dashboard')
      assert.deepEqual(complaints, [])
      await page.context().close()
    })
  }
})
