import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openBrowser, openPage, signInByForm, withBrowser } from '../../src/testing/browser.ts'
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts'
import { makeUser } from '../../src/testing/factories.ts'
import { startSite, type TestSite } from '../../src/testing/site.ts'

describe('the shell of the web application', withBrowser, () => {
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

  test('keeps language and theme from page to page, without JavaScript too', async () => {
    for (const javaScriptEnabled of [true, false]) {
      const { page, complaints } = await openPage(browser, site.origin, { javaScriptEnabled })
      await page.goto('/')
      await page.getByRole('button', { name: 'Kiswahili' }).click()
      await page.waitForURL('**/sw')
      await page.getByRole('button', { name: 'Giza' }).click()
      await page.locator('html[data-theme=dark][lang=sw]').waitFor()
      await page.goto('/')
      assert.equal(new URL(page.url()).pathname, '/sw', 'the root leads to the language that was chosen')
      assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark')
      assert.deepEqual(complaints, [])
      await page.context().close()
    }
  })

  test('speaks the language and wears the theme that somebody saves in their settings, at once', async () => {
    const user = await makeUser(database.owner)
    const { page, complaints } = await openPage(browser, site.origin)
    await signInByForm(page, user.email)
    await page.getByLabel('Language', { exact: true }).selectOption('fr')
    await page.getByLabel('Appearance', { exact: true }).selectOption('dark')
    await page.getByRole('button', { name: 'Save' }).last().click()
    await page.locator('html[lang=fr][data-theme=dark]').waitFor()
    await page.getByRole('heading', { name: 'Paramètres', exact: true }).waitFor()
    await page.locator('header details summary').click()
    await page.getByRole('link', { name: 'Mon profil' }).first().click()
    await page.waitForURL((url) => url.pathname !== '/fr/settings')
    assert.equal(
      await page.locator('header details[open]').count(),
      0,
      'the menu closes when a page was chosen',
    )
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  test('leads a browser that asks for French to French, and says so to search engines', async () => {
    const { page } = await openPage(browser, site.origin, { locale: 'fr-SN' })
    await page.goto('/')
    assert.equal(new URL(page.url()).pathname, '/fr')
    assert.equal(await page.locator('link[hreflang=sw]').getAttribute('href'), `${site.origin}/sw`)
    await page.context().close()
  })

  test('has a strict policy and a page with a way on for what is not there', async () => {
    const { page, complaints } = await openPage(browser, site.origin)
    const response = await page.goto('/nothing-here')
    assert.equal(response?.status(), 404)
    const policy = response?.headers()['content-security-policy'] ?? ''
    assert.match(policy, /script-src 'self' 'nonce-[^']+';/)
    assert.match(policy, /style-src 'self' 'nonce-[^']+';/)
    assert.doesNotMatch(policy, /unsafe-(?:inline|eval)/)
    await page.getByRole('link', { name: 'Home' }).first().waitFor()
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  test('sends nobody to another site, whatever a form asks for', async () => {
    for (const to of ['//evil.example', 'https://evil.example/', '/\\evil.example', 'javascript:alert(1)']) {
      const reply = await fetch(`${site.origin}/preferences`, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: site.origin },
        body: new URLSearchParams({ to, lang: 'en' }),
      })
      assert.equal(reply.status, 303)
      assert.equal(reply.headers.get('location'), '/')
    }
  })

  test('takes no form of another site', async () => {
    const reply = await fetch(`${site.origin}/preferences`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: 'https://evil.example' },
      body: new URLSearchParams({ to: '/', theme: 'dark' }),
    })
    assert.equal(reply.status, 403)
    assert.equal(reply.headers.get('set-cookie'), null)
  })
})
