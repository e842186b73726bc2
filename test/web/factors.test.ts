import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { totpCode } from '../../src/platform/crypto/totp.ts'
import { openBrowser, openPage, signInByForm, withBrowser } from '../../src/testing/browser.ts'
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts'
import { makeUser } from '../../src/testing/factories.ts'
import { type Mailbox, openMailbox } from '../../src/testing/mailbox.ts'
import { startSite, type TestSite } from '../../src/testing/site.ts'

const STEP_MS = 30_000

describe('the security page', withBrowser, () => {
  let database: TestDatabase
  let site: TestSite
  let mailbox: Mailbox
  let browser: Browser
  before(async () => {
    database = await createTestDatabase()
    site = await startSite(database, { hostname: 'localhost' })
    mailbox = await openMailbox(site)
    browser = await openBrowser()
  })
  after(async () => {
    await browser.close()
    await mailbox.stop()
    await site.close()
    await database.close()
  })

  /** The security page of somebody who has just signed in. */
  async function securityOf(login: string): Promise<{ page: Page; complaints: string[] }> {
    const opened = await openPage(browser, site.origin)
    await signInByForm(opened.page, login)
    await opened.page.goto('/settings/security')
    return opened
  }

  async function beginSignIn(page: Page, { email, password }: { email: string; password: string }) {
    await page.context().clearCookies()
    await page.goto('/sign-in')
    await page.getByLabel('E-mail address or username').fill(email)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  }

  test('sets up an authenticator app, whose code or a recovery code the next sign-in asks for', async () => {
    const user = await makeUser(database.owner)
    const { page, complaints } = await securityOf(user.email)
    await page.getByRole('button', { name: 'Set up an authenticator app' }).click()
    await page.getByAltText('QR code for the authenticator app').waitFor()
    const secret = (await page.locator('code').first().innerText()).replace(/^Key: |\s/g, '')
    await page.getByLabel('Code from your authenticator app').fill('000000')
    await page.getByRole('button', { name: 'Use the app from now on' }).click()
    await page.locator('[aria-invalid=true]').waitFor()
    assert.equal(
      (await page.locator('code').first().innerText()).replace(/^Key: |\s/g, ''),
      secret,
      'the key stays',
    )
    await page.getByLabel('Code from your authenticator app').fill(totpCode(secret, new Date()))
    await page.getByRole('button', { name: 'Use the app from now on' }).click()
    await page.getByText('Your authenticator app is in use.').waitFor()
    const codes = await page.locator('.codes code').allInnerTexts()
    assert.ok(codes.length >= 8, `${codes.length} recovery codes`)

    await beginSignIn(page, user)
    // A code is taken once: the next one is that of the next half minute, which clocks may be ahead by.
    await page
      .getByLabel('Code from your authenticator app')
      .fill(totpCode(secret, new Date(Date.now() + STEP_MS)))
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.waitForURL('**/dashboard')

    await beginSignIn(page, user)
    await page.getByText('I do not have my app at hand').click()
    await page.getByLabel('Recovery code').fill(codes[0]!)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.waitForURL('**/dashboard')
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  test('adds a passkey, which signs in alone', async () => {
    const user = await makeUser(database.owner)
    const { page, complaints } = await securityOf(user.email)
    const wire = await page.context().newCDPSession(page)
    await wire.send('WebAuthn.enable')
    const options = {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    } as const
    await wire.send('WebAuthn.addVirtualAuthenticator', { options })
    await page.getByLabel('What to call it').fill('Simu yangu')
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByText('Simu yangu', { exact: true }).waitFor()
    await page.getByText('Not used yet').waitFor()

    await page.context().clearCookies()
    await page.goto('/sign-in')
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.waitForURL('**/dashboard')
    await page.goto('/settings/security')
    await page.getByText('Last used').waitFor()
    await page.getByText('Remove', { exact: true }).first().click()
    await page.getByRole('button', { name: 'Remove' }).click()
    await page.getByText('No passkey yet.').waitFor()
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  test('takes a phone number by the code that an SMS brings', async () => {
    const user = await makeUser(database.owner)
    const { page, complaints } = await securityOf(user.email)
    await page.getByRole('textbox', { name: 'Phone number' }).fill('0712')
    await page.getByRole('button', { name: 'Send me a code by SMS' }).click()
    await page.getByText('Write the number with its country').waitFor()
    await page.getByRole('textbox', { name: 'Phone number' }).fill('+254 712 345 678')
    await page.getByRole('button', { name: 'Send me a code by SMS' }).click()
    const [sms] = await mailbox.to('+254712345678')
    const code = /\d{6}/.exec(sms!.text)![0]
    await page.getByLabel('Code from the SMS').fill(code)
    await page.getByRole('button', { name: 'Confirm the number' }).click()
    await page.getByText('+254712345678', { exact: true }).waitFor()
    const { rows } = await database.owner.query('SELECT phone_verified FROM users WHERE user_id = $1', [
      user.id,
    ])
    assert.equal(rows[0].phone_verified, 't')
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  test('asks for the second step that a sign-in elsewhere has left in the address, with nothing pressed before', async () => {
    const { page, complaints } = await openPage(browser, site.origin)
    await page.goto(`/sign-in/second-factor#ticket=${'a'.repeat(43)}&methods=totp`)
    await page.getByLabel('Code from your authenticator app').fill('000000')
    assert.equal(new URL(page.url()).hash, '', 'the ticket leaves the address')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByText('That took too long. Begin again with your password.').waitFor()
    assert.deepEqual(complaints, [])
    await page.context().close()
  })
})
