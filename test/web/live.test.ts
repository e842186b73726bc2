import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { publishLive } from '../../src/platform/realtime/index.ts'
import { openBrowser, openPage, withBrowser } from '../../src/testing/browser.ts'
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts'
import { insert, makePost, makeUser, type TestUser } from '../../src/testing/factories.ts'
import { violations } from '../../src/testing/pages/axe.ts'
import { startSite, type TestSite } from '../../src/testing/site.ts'

describe('live on the pages', withBrowser, () => {
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

  async function member(options: Parameters<typeof openPage>[2] = {}) {
    const user = await makeUser(database.owner)
    const { page, complaints } = await openPage(browser, site.origin, options)
    const asked = streamsOf(page.context())
    await enter(page.context(), user)
    return { user, page, complaints, asked }
  }
  async function enter(context: BrowserContext, user: TestUser): Promise<void> {
    const data = { username: user.email, password: user.password }
    const reply = await context.request.post('/api/v1/auth/login', { data, headers: { origin: site.origin } })
    assert.ok(reply.ok())
  }
  /** The addresses of the streams that a browser has asked for. */
  function streamsOf(context: BrowserContext): string[] {
    const asked: string[] = []
    context.on('request', (request) => {
      if (new URL(request.url()).pathname === '/api/v1/stream') asked.push(request.url())
    })
    return asked
  }
  const tell = async (user: { id: string }, title: string, url = '/events') => {
    await database.owner.query(
      `INSERT INTO notifications (notification_id, created_at, user_id, notification_type, title, message, action_url)
       SELECT id, uuid_v7_time(id), $1, 'account', $2, 'Something that you may like to know.', $3
       FROM (SELECT uuid_v7() AS id) new`,
      [user.id, title, url],
    )
    await publishLive(site.services.cache, { users: [user.id] })
  }
  const openStreams = async () =>
    Number(/^streams_open (\d+)$/m.exec(await site.services.metrics.text())?.[1])
  async function until(holds: () => boolean | Promise<boolean>, what: string, ms = 15_000): Promise<void> {
    const deadline = Date.now() + ms
    while (!(await holds())) {
      assert.ok(Date.now() < deadline, `waited too long until ${what}`)
      await sleep(50)
    }
  }
  const bell = (page: Page) => page.locator('header a[href$="/notifications"]')
  const toasts = (page: Page) => page.getByRole('log').locator('.toast')
  const follows = async (page: Page, asked: readonly string[]) => {
    await until(() => asked.length > 0, 'a stream is asked for')
    await until(async () => (await openStreams()) > 0, 'a stream is open')
    await page.waitForTimeout(200)
  }

  test('the bell counts, also without scripts; what comes is shown, read out and leads where it says', async () => {
    const { user, page, complaints, asked } = await member()
    await tell(user, 'Before')
    await page.goto('/dashboard')
    assert.equal(
      await bell(page)
        .textContent()
        .then((text) => text?.trim()),
      '1',
    )
    await follows(page, asked)
    await tell(user, 'Wanjiru answered you')
    await toasts(page).getByText('Wanjiru answered you').waitFor()
    assert.equal(await bell(page).getAttribute('aria-label'), 'Notifications, 2 unread')
    const region = page.getByRole('log', { name: 'What has just happened' })
    assert.equal(await region.getAttribute('aria-live'), 'polite')
    assert.deepEqual(await violations(page), [])
    await page.getByRole('link', { name: 'Wanjiru answered you' }).click()
    await page.waitForURL('**/events')
    await until(
      async () => (await bell(page).textContent())?.trim() === '1',
      'what was opened counts as read',
    )
    assert.equal(await toasts(page).count(), 0)
    assert.deepEqual(complaints, [])
    const { page: plain } = await openPage(browser, site.origin, { javaScriptEnabled: false })
    await enter(plain.context(), user)
    await plain.goto('/dashboard')
    assert.equal((await bell(plain).textContent())?.trim(), '1')
    for (const one of [page, plain]) await one.context().close()
  })

  test('not more than three are shown; they are closed by press and by key, and go by themselves', async () => {
    const { user, page, asked, complaints } = await member({ reducedMotion: 'reduce' })
    await page.goto('/dashboard')
    await follows(page, asked)
    for (let n = 1; n <= 5; n++) await tell(user, `No. ${n}`)
    await toasts(page).getByText('No. 5').waitFor()
    assert.deepEqual(
      (await toasts(page).locator('a').allTextContents()).map((text) => text.trim()),
      ['No. 3', 'No. 4', 'No. 5'],
    )
    const moves = `getComputedStyle(document.querySelector('.toast')).animationName`
    assert.equal(await page.evaluate<string>(moves), 'none')
    await page.getByRole('button', { name: 'Close: No. 4' }).click()
    await page.getByRole('button', { name: 'Close: No. 3' }).focus()
    await page.keyboard.press('Escape')
    await until(async () => (await toasts(page).count()) === 1, 'two are closed')
    assert.equal((await bell(page).textContent())?.trim(), '5', 'closing is not reading')
    await page.locator('h1').first().click()
    await until(async () => (await toasts(page).count()) === 0, 'the last has gone by itself', 25_000)
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  test('all tabs of a browser share one stream; when the one that holds it closes, another goes on', async () => {
    const { user, page, asked } = await member()
    await page.goto('/dashboard')
    await follows(page, asked)
    const before = await openStreams()
    const tabs = [await page.context().newPage(), await page.context().newPage()]
    for (const tab of tabs) await tab.goto('/events')
    await page.waitForTimeout(500)
    assert.equal(await openStreams(), before)
    await tell(user, 'To all tabs')
    for (const tab of [page, ...tabs])
      await until(async () => (await bell(tab).textContent())?.trim() === '1', 'each tab knows')
    await page.close()
    await until(() => asked.length === 2, 'another tab asks')
    await tell(user, 'To those that are left')
    for (const tab of tabs)
      await until(async () => (await bell(tab).textContent())?.trim() === '2', 'those that are left know')
    assert.match(asked[1]!, /last_event_id=1/)
    await tabs[0]!.context().close()
  })

  test('goes on from where it was after the platform was away', async () => {
    const { user, page, asked } = await member()
    await page.goto('/dashboard')
    await follows(page, asked)
    await page.context().setOffline(true)
    site.server.server.closeAllConnections()
    await tell(user, 'Missed')
    await page.context().setOffline(false)
    await toasts(page).getByText('Missed').waitFor({ timeout: 30_000 })
    await page.context().close()
  })

  test('nothing is asked for by strangers, nor where data is saved, nor on behalf of somebody', async () => {
    const { page: stranger } = await openPage(browser, site.origin)
    const asked = streamsOf(stranger.context())
    const scripts: string[] = []
    stranger.on('response', async (response) => {
      if (response.url().endsWith('.js')) scripts.push(await response.text().catch(() => ''))
    })
    await stranger.goto('/')
    await stranger.locator('input, button').first().focus()
    await stranger.waitForTimeout(1500)
    assert.deepEqual(asked, [])
    assert.equal(
      scripts.some((text) => text.includes('/api/v1/stream')),
      false,
    )
    const saver = await member({ extraHTTPHeaders: { 'save-data': 'on' } })
    await saver.page.goto('/dashboard')
    await saver.page.waitForTimeout(1500)
    assert.deepEqual(saver.asked, [])
    const root = await makeUser(database.owner, {}, 'super_admin')
    const acting = await openPage(browser, site.origin)
    const asActing = streamsOf(acting.page.context())
    await enter(acting.page.context(), root)
    const somebody = await makeUser(database.owner)
    const begun = await acting.page
      .context()
      .request.post(`/api/v1/admin/people/${somebody.id}/impersonation`, {
        data: { reason: 'Case 1', minutes: 5, session: 'cookie' },
        headers: { origin: site.origin },
      })
    assert.ok(begun.ok(), await begun.text())
    await acting.page.goto('/dashboard')
    await acting.page.waitForTimeout(1500)
    assert.deepEqual(asActing, [])
    for (const page of [stranger, saver.page, acting.page]) await page.context().close()
  })

  test('a post’s likes and a person’s presence move while one looks', async () => {
    const { page, asked } = await member()
    const writer = await makeUser(database.owner)
    const post = await makePost(database.owner, { author_id: writer.id })
    await page.goto(`/community/${post.post_id}`)
    await until(() => asked.some((url) => url.includes(`post%3A${post.post_id}`)), 'the post is followed')
    await page.waitForTimeout(300)
    await insert(database.owner, 'reactions', {
      user_id: writer.id,
      entity_type: 'post',
      entity_id: post.post_id,
      reaction_type: 'like',
    })
    await database.workerDb.transaction(null, async (tx) => {
      const { sql } = await import('kysely')
      await sql`SELECT fold_counters()`.execute(tx)
    })
    await publishLive(site.services.cache, { subjects: [`post:${post.post_id}`] })
    const like = page.locator('article button[aria-pressed]').first()
    await until(async () => /1/.test((await like.textContent()) ?? ''), 'the like is counted')
    await page.goto(`/people/${writer.id}`)
    await until(() => asked.some((url) => url.includes(`person%3A${writer.id}`)), 'the person is followed')
    assert.equal(await page.locator('main .online').count(), 0)
    const theirs = await openPage(browser, site.origin)
    await enter(theirs.page.context(), writer)
    await theirs.page.goto('/dashboard')
    await page.locator('main .online').first().waitFor()
    for (const one of [page, theirs.page]) await one.context().close()
  })
})
