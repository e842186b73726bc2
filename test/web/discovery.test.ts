import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openBrowser, openPage, withBrowser } from '../../src/testing/browser.ts'
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts'
import {
  makeCoach,
  makeEvent,
  makePartner,
  makeProgram,
  makeTag,
  makeTicket,
  makeUser,
  testPassword,
} from '../../src/testing/factories.ts'
import { startSite, type TestSite } from '../../src/testing/site.ts'

const DESK = { viewport: { width: 1280, height: 800 }, isMobile: false, hasTouch: false }
const HOSTILE = `<img src=x onerror="throw 1"></script>\u202e${'Z\u0351\u0343\u0334a\u0320lgo'.repeat(8)}`

describe('finding people and events on the web', withBrowser, () => {
  let database: TestDatabase
  let site: TestSite
  let browser: Browser
  before(async () => {
    database = await createTestDatabase()
    const { owner } = database
    const coach = await makeCoach(owner, {
      skills: ['Public Speaking'],
      location: { country: 'GH', city: 'Accra' },
      tagline: 'Say it once',
    })
    await owner.query(`UPDATE users SET username = 'kwame', full_name = 'Kwame Boateng' WHERE user_id = $1`, [
      coach.id,
    ])
    await makeTag(owner, { name: 'Public Speaking', slug: 'public-speaking' })
    const program = { instructor_id: coach.id, title: 'Kwanza brand basics', slug: 'kwanza' }
    await makeProgram(owner, program)
    const nairobi = { location_type: 'hybrid', country: 'KE', city: 'Nairobi', organizer_id: coach.id }
    const event = await makeEvent(owner, { ...nairobi, slug: 'indaba', title: 'Kwaheri Indaba' })
    await makeTicket(owner, event.event_id!, { price: 1500, currency: 'KES' })
    await makeEvent(owner, { organizer_id: coach.id, slug: 'webinar', title: 'Webinar' })
    await makeEvent(owner, { organizer_id: coach.id, slug: 'hostile', title: HOSTILE, description: HOSTILE })
    await makePartner(owner, {}, { slug: 'pwani', website_url: 'javascript:alert(1)', description: HOSTILE })
    site = await startSite(database)
    browser = await openBrowser()
  })
  after(async () => {
    await browser.close()
    await site.close()
    await database.close()
  })

  test('the search in the header suggests while one types, and is worked by keyboard alone', async () => {
    const { page, complaints } = await openPage(browser, site.origin, DESK)
    await page.goto('/events')
    await page.waitForLoadState('networkidle')
    const box = page.getByRole('search').getByLabel('Search')
    await box.focus()
    const combobox = page.getByRole('combobox', { name: 'Search', exact: true })
    await combobox.waitFor()
    await combobox.pressSequentially('kwa')
    await page.getByRole('option', { name: /Kwame Boateng/ }).waitFor()
    assert.equal(await combobox.getAttribute('aria-expanded'), 'true')
    for (const group of ['Programs', 'People', 'Events'])
      await page.getByRole('group', { name: group }).waitFor()
    await combobox.press('Escape')
    assert.equal(await combobox.getAttribute('aria-expanded'), 'false')
    await combobox.press('ArrowDown')
    const active = page.locator(`[id="${await combobox.getAttribute('aria-activedescendant')}"]`)
    assert.equal(await active.getAttribute('aria-selected'), 'true')
    await combobox.press('ArrowUp')
    await combobox.press('Enter')
    await page.waitForURL('**/search?q=kwa')
    await page.getByRole('link', { name: 'Kwame Boateng' }).waitFor()
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  test('lists are filtered and searched without JavaScript', async () => {
    const { page } = await openPage(browser, site.origin, { javaScriptEnabled: false })
    await page.goto('/events')
    await page.getByText('Filters').click()
    await page.getByLabel('Country').selectOption('KE')
    await page.getByRole('button', { name: 'Show events' }).last().click()
    await page.getByRole('link', { name: 'Kwaheri Indaba' }).waitFor()
    assert.equal(await page.getByRole('link', { name: 'Webinar' }).count(), 0)
    assert.equal(await page.getByLabel('Country').inputValue(), 'KE')
    await page.goto('/coaches')
    await page.getByLabel('Skill').fill('public speak')
    await page.getByRole('button', { name: 'Show coaches' }).first().click()
    await page.getByRole('link', { name: 'Kwame Boateng' }).waitFor()
    assert.equal(await page.getByLabel('Skill').inputValue(), 'Public Speaking')
    await page.goto('/search?q=KWAM%C3%89')
    await page.getByRole('link', { name: 'Kwame Boateng' }).waitFor()
    await page.goto('/coaches?skill=Nothing+of+the+kind')
    await page.getByText('No coach fits').waitFor()
    await page.context().close()
  })

  test('a coach is followed and let go by keyboard alone', async () => {
    const reader = await makeUser(database.owner)
    const { page, complaints } = await openPage(browser, site.origin, DESK)
    const login = await page.request.post('/api/v1/auth/login', {
      data: { email: reader.email, password: testPassword },
      headers: { origin: site.origin },
    })
    assert.equal(login.status(), 200)
    await page.goto('/coaches/kwame')
    await page.waitForLoadState('networkidle')
    const follow = page.getByRole('button', { name: /^Follow/ })
    for (let presses = 0; presses < 30; presses++) {
      if ((await follow.and(page.locator(':focus')).count()) > 0) break
      await page.keyboard.press('Tab')
    }
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Following Kwame Boateng', pressed: true }).waitFor()
    await page.getByRole('status').getByText('You follow Kwame Boateng now.').waitFor({ state: 'attached' })
    const count = async () => {
      const { rows } = await database.owner.query('SELECT FROM user_connections WHERE follower_id = $1', [
        reader.id,
      ])
      return rows.length
    }
    assert.equal(await count(), 1)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Follow Kwame Boateng', pressed: false }).waitFor()
    assert.equal(await count(), 0)
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  test('what people wrote does no harm, and widens no page', async () => {
    const { page, complaints } = await openPage(browser, site.origin, {
      viewport: { width: 320, height: 700 },
    })
    for (const path of [
      '/',
      '/events',
      '/events/hostile',
      '/events/indaba',
      '/coaches',
      '/coaches/kwame',
      '/partners',
      '/partners/pwani',
      '/search?q=kwa',
    ]) {
      await page.goto(path)
      const wider = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')
      assert.ok(wider <= 0, `${path} is ${wider} px wider than the screen`)
    }
    await page.goto('/partners/pwani')
    assert.equal(await page.locator('main a[href^="javascript"]').count(), 0)
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  test('search engines are told addresses, languages, events and pictures', async () => {
    const get = (path: string) => fetch(site.origin + path)
    assert.match(await (await get('/robots.txt')).text(), /^Sitemap: .+\/sitemap\.xml$/m)
    assert.match(await (await get('/sitemap.xml')).text(), /sitemap-events\.xml/)
    const events = await (await get('/sitemap-events.xml')).text()
    assert.match(events, /<loc>[^<]+\/fr\/events\/indaba<\/loc>/)
    assert.match(events, /hreflang="sw" href="[^"]+\/sw\/events\/indaba"/)
    assert.equal((await get('/sitemap-secrets.xml')).status, 404)
    const html = await (await get('/events/indaba')).text()
    const json = /<script type="application\/ld\+json">(.+?)<\/script>/.exec(html)?.[1] ?? ''
    const { '@type': type, offers, location } = JSON.parse(json)
    assert.deepEqual([type, offers[0].price, location.length], ['Event', 1500, 2])
    const picture = await get('/og/event/indaba.png')
    const bytes = new Uint8Array(await picture.arrayBuffer())
    assert.deepEqual([...bytes.subarray(1, 4)], [...Buffer.from('PNG')])
    assert.equal((await get('/og/event/hostile.png')).status, 200)
    assert.equal((await get('/og/event/nowhere.png')).status, 404)
    assert.equal((await get('/og/constructor/x.png')).status, 404)
  })
})
