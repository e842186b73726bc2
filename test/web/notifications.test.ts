import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { openBrowser, openPage, withBrowser } from '../../src/testing/browser.ts'
import { signIn } from '../../src/testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts'
import { makePost, makeUser, type TestUser } from '../../src/testing/factories.ts'
import { tellPeople } from '../../src/testing/notices.ts'
import { violations } from '../../src/testing/pages/axe.ts'
import { startSite, type TestSite } from '../../src/testing/site.ts'

type Opened = { page: Page; complaints: string[] }
const WITHOUT = { javaScriptEnabled: false }

describe('notifications, on the pages', withBrowser, () => {
  let database: TestDatabase
  let site: TestSite
  let browser: Browser
  let admin: TestUser
  before(async () => {
    database = await createTestDatabase()
    site = await startSite(database)
    browser = await openBrowser()
    admin = await makeUser(database.owner, { full_name: 'Thandiwe Dube' }, 'admin')
  })
  after(async () => {
    await browser.close()
    await site.close()
    await database.close()
  })

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
  /** Somebody with a thread of three, of Juma, about their post. */
  const told = async () => {
    const amina = await makeUser(database.owner, { full_name: 'Amina Wanjiru' })
    const juma = await makeUser(database.owner, { full_name: 'Juma Otieno' })
    const post = await makePost(database.owner, { author_id: amina.id, title: 'Market day' })
    const client = await signIn(site, juma)
    for (let n = 0; n < 3; n++)
      await client.post(`/api/v1/posts/${post.post_id}/comments`, { content: `Well said ${n}` })
    await tellPeople(site, database)
    return { amina, juma, path: `/community/${post.post_id}` }
  }
  const entry = (page: Page) => page.getByRole('article', { name: 'Juma Otieno commented on your post' })
  /** A menu that was opened before the page's scripts came is closed by them. */
  const menu = async (page: Page, name: string) => {
    const first = entry(page).first()
    const button = first.getByRole('button', { name, exact: true })
    for (let n = 0; n < 20 && !(await button.isVisible()); n++) {
      await first.locator('summary').click()
      await page.waitForTimeout(100)
    }
    await button.click()
  }

  test('the inbox groups threads, puts them aside and takes them back, with and without JavaScript', async () => {
    for (const options of [{}, WITHOUT]) {
      const { amina, path } = await told()
      const opened = await openAs(amina, options)
      const { page } = opened
      await page.goto('/notifications')
      assert.equal(await entry(page).count(), 1)
      await page.getByRole('heading', { name: 'New', exact: true }).waitFor()
      await entry(page).getByRole('link', { name: 'and 2 more on this' }).click()
      await page.getByRole('link', { name: 'All notifications' }).waitFor()
      assert.equal(await entry(page).count(), 3)
      await page.getByRole('link', { name: 'All notifications' }).click()
      await page.getByRole('heading', { name: 'New', exact: true }).waitFor()
      await menu(page, 'Put aside')
      await page.getByRole('status').filter({ hasText: 'Put aside.' }).waitFor()
      assert.equal(await entry(page).count(), 0)
      await page.getByRole('button', { name: 'Undo' }).click()
      await entry(page).waitFor()
      await entry(page)
        .getByRole('button', { name: /^Read it/ })
        .click()
      await page.waitForURL(`**${path}`)
      await page.goto('/notifications?unread')
      await page.getByText('You have read it all').waitFor()
      await close(opened)
    }
  })

  test('a thread and a person are muted from an entry, and heard again from the settings', async () => {
    const { amina } = await told()
    const opened = await openAs(amina)
    const { page } = opened
    await page.goto('/notifications')
    await menu(page, 'Hear no more of this')
    await page.getByText('You will hear no more of it.').waitFor()
    await entry(page).getByText('Muted').waitFor()
    await menu(page, 'Hear nothing of Juma Otieno')
    await page.goto('/settings/notifications')
    const again = page.getByRole('button', { name: 'Hear of it again' })
    assert.equal(await again.count(), 2)
    await again.first().click()
    await page.getByText('Saved').waitFor()
    await page.goto('/settings/notifications')
    await page.getByLabel('Mail me only when I am away').check()
    await page.getByLabel('What may wait comes').selectOption('daily')
    await page.getByLabel('From').fill('21:00')
    await page.getByLabel('To', { exact: false }).last().fill('06:00')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Saved').waitFor()
    const { rows } = await database.owner.query(
      `SELECT email_when_away::text AS away, notification_digest, quiet_hours_start::text AS start FROM user_settings WHERE user_id = $1`,
      [amina.id],
    )
    assert.deepEqual(rows, [{ away: 'true', notification_digest: 'daily', start: '21:00:00' }])
    await close(opened)
  })

  test('staff draft a broadcast, see whom it reaches, send it once, and find it in the log', async () => {
    for (const options of [{}, WITHOUT]) {
      const opened = await openAs(admin, options)
      const { page } = opened
      await page.goto('/admin/notifications/broadcasts')
      for (const [language, title] of [
        ['English', 'Closed on Sunday'],
        ['Kiswahili', 'Tumefunga'],
        ['Français', 'Fermé'],
      ]) {
        await page.getByLabel(`Title (${language})`).fill(title!)
        await page.getByLabel(`Message (${language})`).fill(`${title} …`)
      }
      await page.getByLabel('Leads to').fill('https://evil.example')
      await page.getByRole('button', { name: 'Keep as a draft and count' }).click()
      await page.getByRole('alert').waitFor()
      assert.equal(await page.getByLabel('Title (English)').inputValue(), 'Closed on Sunday')
      await page.getByLabel('Leads to').fill('/events')
      await page.getByRole('button', { name: 'Keep as a draft and count' }).click()
      await page.getByRole('heading', { name: 'Who would be told now' }).waitFor()
      if (options === WITHOUT) await page.locator('summary').filter({ hasText: 'Send it' }).click()
      else await page.getByRole('button', { name: 'Send it', exact: true }).click()
      await page.getByRole('button', { name: /^Send it to / }).click()
      await page.getByText('Being sent').waitFor()
      await tellPeople(site, database)
      await page.reload()
      await page.getByRole('cell', { name: 'In the application' }).waitFor()
      await page.getByRole('link', { name: 'Its log' }).click()
      await page
        .getByRole('listitem')
        .filter({ hasText: 'notifications.announcement_sent' })
        .first()
        .waitFor()
      await close(opened)
    }
    const { rows } = await database.owner.query(
      `SELECT status, (told = people)::text AS every FROM broadcasts`,
    )
    assert.deepEqual(rows, [
      { status: 'sent', every: 'true' },
      { status: 'sent', every: 'true' },
    ])
  })

  test('staff try again what was given up, and see a mail as it is sent, in a frame that runs nothing', async () => {
    const member = await makeUser(database.owner, { full_name: 'Zanele Mthembu' })
    await database.owner.query(
      `INSERT INTO notification_deliveries (source_event, user_id, channel, kind, status, last_error, attempts)
       VALUES (uuid_v7(), $1, 'email', 'community.comment_created', 'dead', 'timeout', 10)`,
      [member.id],
    )
    const opened = await openAs(admin)
    const { page } = opened
    await page.goto('/admin/notifications/dead-letters')
    await page.getByText('Zanele Mthembu').waitFor()
    await page.getByRole('button', { name: 'Try all again' }).click()
    await page.getByText('One is tried again.').waitFor()
    await page.goto('/admin/notifications/templates')
    await page.getByRole('link', { name: 'community.comment_created' }).click()
    const mail = page.frameLocator('iframe[title="The mail in Kiswahili"]')
    await mail.getByText('Kuna maoni mapya').waitFor()
    await close(opened)
  })

  test('axe finds nothing on them, in both themes', async () => {
    const { amina } = await told()
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const [user, paths] of [
        [amina, ['/notifications', '/notifications?archived', '/settings/notifications']],
        [
          admin,
          ['', '/dead-letters', '/templates', '/templates/community.comment_created', '/broadcasts'].map(
            (path) => `/admin/notifications${path}`,
          ),
        ],
      ] as const) {
        const opened = await openAs(user, { colorScheme })
        for (const path of paths) {
          await opened.page.goto(path)
          assert.deepEqual(await violations(opened.page), [], path)
        }
        await opened.page.context().close()
      }
    }
  })
})
