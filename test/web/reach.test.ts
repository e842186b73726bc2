import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { unsubscribeToken } from '../../src/domains/notifications/index.ts'
import { addressMark } from '../../src/platform/delivery/index.ts'
import { openBrowser, openPage, signInByForm, withBrowser } from '../../src/testing/browser.ts'
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts'
import { makeLesson, makeModule, makeProgram, makeUser } from '../../src/testing/factories.ts'
import { violations } from '../../src/testing/pages/axe.ts'
import { startPushService, type TestPushService } from '../../src/testing/push-service.ts'
import { startSite, type TestSite } from '../../src/testing/site.ts'

type Shown = { title: string; body: string; tag: string; lang: string; data: string }
const SHOWN = `navigator.serviceWorker.ready.then((registration) => registration.getNotifications()).then((all) =>
  all.map(({ title, body, tag, lang, data }) => ({ title, body, tag, lang, data })))`

const OFFER = 'Shall we tell you here?'

describe('how people are reached, on the pages', withBrowser, () => {
  let database: TestDatabase
  let push: TestPushService
  let site: TestSite
  let browser: Browser
  before(async () => {
    database = await createTestDatabase()
    push = await startPushService()
    site = await startSite(database, { hostname: 'localhost', env: { PUSH_TEST_SERVICE: push.origin } })
    browser = await openBrowser()
  })
  after(async () => {
    await browser.close()
    await site.close()
    await push.stop()
    await database.close()
  })

  const linkOf = (userId: string) => {
    const token = unsubscribeToken(site.services.config, { userId, channel: 'email', topic: 'community' })
    return `/unsubscribe?token=${token}`
  }
  const isOn = async (userId: string) => {
    const { rows } = await database.owner.query<{ choice: string | null }>(
      `SELECT email_notifications ->> 'community' AS choice FROM user_settings WHERE user_id = $1`,
      [userId],
    )
    return rows[0]?.choice !== 'false'
  }

  test('a link in a mail opens, changes nothing by itself, switches off and on again, without JavaScript and a session', async () => {
    for (const [language, stop, undo, off] of [
      ['', 'Switch off', 'Switch on again', 'Mail about “Community” is switched off'],
      ['/sw', 'Zima', 'Washa tena', undefined],
      ['/fr', 'Désactiver', 'Réactiver', undefined],
    ] as const) {
      const { id } = await makeUser(database.owner)
      const { page, complaints } = await openPage(browser, site.origin, { javaScriptEnabled: false })
      await page.goto(language + linkOf(id))
      await page.getByRole('button', { name: stop, exact: true }).waitFor()
      assert.equal(await isOn(id), true, 'opening it changes nothing')
      await page.getByRole('button', { name: stop, exact: true }).click()
      await page.getByRole('button', { name: undo, exact: true }).waitFor()
      assert.equal(await isOn(id), false)
      if (off) await page.getByRole('heading', { name: off }).waitFor()
      await page.getByRole('button', { name: undo, exact: true }).click()
      await page.getByRole('button', { name: stop, exact: true }).waitFor()
      assert.equal(await isOn(id), true)
      const all = page.locator(`a[href="${language}/settings/notifications"]`)
      assert.equal(await all.count(), 1)
      assert.deepEqual(complaints, [])
      await page.context().close()
    }
  })

  test('what a click on a digest’s link switched off is switched on again by the page, marketing in the settings alone', async () => {
    for (const topic of ['digest', 'marketing'] as const) {
      const { id } = await makeUser(database.owner)
      await database.owner.query(
        `UPDATE user_settings SET email_notifications = '{"all": true, "learning": false, "marketing": true}' WHERE user_id = $1`,
        [id],
      )
      const on = async () => {
        const { rows } = await database.owner.query<{ type: string }>(
          `SELECT type FROM unnest(ARRAY['learning', 'community', 'marketing']) AS type, user_settings
           WHERE user_id = $1 AND coalesce(email_notifications ->> type, 'true') = 'true'`,
          [id],
        )
        return rows.map(({ type }) => type)
      }
      const { page, complaints } = await openPage(browser, site.origin, { javaScriptEnabled: false })
      const token = unsubscribeToken(site.services.config, { userId: id, channel: 'email', topic })
      await page.goto(`/unsubscribe?token=${token}`)
      await page.getByRole('button', { name: 'Switch off', exact: true }).click()
      await page.getByRole('heading', { name: 'is switched off' }).waitFor()
      const undo = page.getByRole('button', { name: 'Switch on again', exact: true })
      if (topic === 'digest') {
        assert.deepEqual(await on(), [])
        await undo.click()
        await page.getByRole('button', { name: 'Switch off', exact: true }).waitFor()
        assert.deepEqual(await on(), ['community'])
      } else {
        assert.deepEqual(await on(), ['community'])
        assert.equal(await undo.count(), 0)
        await page.getByText('can be switched in your settings').waitFor()
      }
      assert.deepEqual(complaints, [])
      await page.context().close()
    }
  })

  test('the page of such a link has nothing that axe objects to', async () => {
    const { id } = await makeUser(database.owner)
    const { page } = await openPage(browser, site.origin)
    await page.goto(linkOf(id))
    assert.deepEqual(await violations(page), [])
    await page.context().close()
  })

  test('a link that is cut says so', async () => {
    const { id } = await makeUser(database.owner)
    const { page } = await openPage(browser, site.origin, { javaScriptEnabled: false })
    await page.goto(linkOf(id).slice(0, -3))
    await page.getByText('This link is not whole').waitFor()
    assert.equal(await page.locator('main form').count(), 0)
    await page.context().close()
  })

  test('an address that takes no mail is told of in the settings, and a link is sent', async () => {
    const user = await makeUser(database.owner)
    const mark = addressMark(site.services.config, user.email)
    await database.owner.query(
      `INSERT INTO mail_suppressions (user_id, address_mark, reason) VALUES ($1, $2, 'gone')`,
      [user.id, mark],
    )
    const { page, complaints } = await openPage(browser, site.origin, { javaScriptEnabled: false })
    await signInByForm(page, user.email)
    await page.goto('/settings/notifications')
    await page.getByText('We no longer send you mail').waitFor()
    await page.getByRole('link', { name: 'Set it right' }).click()
    await page.getByText('The mail server says that nobody is there.').waitFor()
    await page.getByRole('button', { name: 'Send me the link' }).click()
    await page.getByText('The link is on its way').waitFor()
    const { rows } = await database.owner.query(
      `SELECT template FROM outgoing_messages WHERE user_id = $1 AND template = 'confirm_delivery'`,
      [user.id],
    )
    assert.equal(rows.length, 1)
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  const visit = async (email: string) => {
    const opened = await openPage(browser, site.origin)
    await signInByForm(opened.page, email)
    return opened
  }
  const follow = async (page: Page, username: string) => {
    await page.goto(`/people/${username}`)
    await page.getByRole('button', { name: 'Follow', exact: true }).click()
    await page.getByRole('button', { name: 'Following', exact: true }).waitFor()
  }
  const offer = (page: Page) => page.getByRole('heading', { name: OFFER })

  test('push is offered after the first follow, once: “not now” holds, here and on another device', async () => {
    const [reader, ...others] = await Promise.all([1, 2, 3].map(() => makeUser(database.owner)))
    const names = others.map(({ row }) => String(row.username))
    const { page, complaints } = await visit(reader!.email)
    assert.equal(await page.evaluate('Notification.permission'), 'default')
    await page.goto('/dashboard')
    assert.equal(await offer(page).count(), 0, 'nobody is asked before they do something')
    await follow(page, names[0]!)
    await offer(page).waitFor()
    assert.deepEqual(await violations(page), [])
    await page.getByRole('button', { name: 'Not now' }).click()
    await offer(page).waitFor({ state: 'detached' })
    await follow(page, names[1]!)
    await page.waitForTimeout(700)
    assert.equal(await offer(page).count(), 0, 'never twice')
    const { rows } = await database.owner.query('SELECT answer FROM push_offers WHERE user_id = $1', [
      reader!.id,
    ])
    assert.deepEqual(rows, [{ answer: 'not_now' }])
    await page.context().close()

    const elsewhere = await visit(reader!.email)
    await elsewhere.page.goto(`/people/${names[1]}`)
    await elsewhere.page.getByRole('button', { name: 'Following', exact: true }).click()
    await elsewhere.page.getByRole('button', { name: 'Follow', exact: true }).click()
    await elsewhere.page.getByRole('button', { name: 'Following', exact: true }).waitFor()
    await elsewhere.page.waitForTimeout(700)
    assert.equal(await offer(elsewhere.page).count(), 0, 'nor on another device')
    assert.deepEqual([...complaints, ...elsewhere.complaints], [])
    await elsewhere.page.context().close()
  })

  test('who turns away from the offer without a word is not asked again', async () => {
    const [reader, one, two] = await Promise.all([1, 2, 3].map(() => makeUser(database.owner)))
    const { page } = await visit(reader!.email)
    await follow(page, String(one!.row.username))
    await offer(page).waitFor()
    await follow(page, String(two!.row.username))
    await page.waitForTimeout(700)
    assert.equal(await offer(page).count(), 0)
    await page.context().close()
  })

  test('push is offered after an enrolment too, on the page that it leads to', async () => {
    const reader = await makeUser(database.owner)
    const program = await makeProgram(database.owner)
    const chapter = await makeModule(database.owner, program.program_id!)
    const lesson = await makeLesson(database.owner, chapter.module_id!)
    const { page } = await visit(reader.email)
    await page.goto(`/programs/${program.slug}`)
    await page.getByRole('button', { name: 'Start learning, free' }).click()
    await page.waitForURL((url) => url.pathname === `/learn/${program.slug}/${lesson.lesson_id}`)
    await offer(page).waitFor()
    await page.context().close()
  })

  test('browsers that tell somebody are listed, tried and removed, without JavaScript', async () => {
    const user = await makeUser(database.owner)
    const { page, complaints } = await openPage(browser, site.origin, { javaScriptEnabled: false })
    await signInByForm(page, user.email)
    const [cookie] = (await page.context().cookies()).filter(({ name }) => /session/.test(name))
    const reply = await site.server.inject({
      method: 'POST',
      url: '/api/v1/me/push-subscriptions',
      headers: { authorization: `Bearer ${decodeURIComponent(cookie!.value)}` },
      payload: push.subscribe(),
    })
    assert.equal(reply.statusCode, 201, reply.payload)
    await page.goto('/settings/notifications')
    await page.getByText('Push tells you in one browser.').waitFor()
    await page.getByRole('link', { name: 'Push in your browsers' }).click()
    await page.getByText('(this one)').waitFor()
    await page.getByRole('button', { name: 'Try it' }).click()
    await page.getByText('On its way').waitFor()
    await page.locator('main summary').filter({ hasText: 'Remove' }).click()
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByText('No browser tells you by push.').waitFor()
    const { rows } = await database.owner.query('SELECT FROM push_subscriptions WHERE user_id = $1', [
      user.id,
    ])
    assert.equal(rows.length, 0)
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  test('the service worker shows what is pushed, in its place, and something where it cannot be read', async () => {
    const { page, complaints } = await openPage(browser, site.origin)
    await page.context().grantPermissions(['notifications'], { origin: site.origin })
    await page.goto('/')
    await page.evaluate('navigator.serviceWorker.ready.then(() => true)')
    const worker = await page.context().newCDPSession(page)
    let registrationId = ''
    worker.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      registrationId = registrations[0]?.registrationId ?? registrationId
    })
    await worker.send('ServiceWorker.enable')
    for (let n = 0; n < 100 && registrationId === ''; n++) await page.waitForTimeout(50)
    const deliver = (data: string) =>
      worker.send('ServiceWorker.deliverPushMessage', { origin: site.origin, registrationId, data })
    const shown = async (count: number) => {
      for (let n = 0; n < 100; n++) {
        const found = await page.evaluate<Shown[]>(SHOWN)
        if (found.length >= count) return found
        await page.waitForTimeout(50)
      }
      return [] as Shown[]
    }
    const pushed = {
      id: 'x',
      title: 'Juma alijibu',
      body: 'Kwa maoni yako',
      path: '/sw/community',
      tag: 'post:1',
      lang: 'sw',
    }
    await deliver(JSON.stringify(pushed))
    const { id: _, path: data, ...rest } = pushed
    assert.deepEqual(await shown(1), [{ ...rest, data }])
    // The same again, as after a worker that ended between sending and recording.
    await deliver(JSON.stringify({ ...pushed, body: 'Tena' }))
    await page.waitForTimeout(300)
    assert.deepEqual(
      (await shown(1)).map(({ body }) => body),
      ['Tena'],
    )
    await deliver('{ not JSON')
    assert.ok((await shown(2)).some(({ title }) => title === 'Brand Coach Network'))
    assert.deepEqual(complaints, [])
    await page.context().close()
  })
})
