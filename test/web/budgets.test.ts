import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { openBrowser, openPage, withBrowser } from '../../src/testing/browser.ts'
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts'
import {
  insert,
  makeCoach,
  makeEnrollment,
  makeEvent,
  makeLesson,
  makeModule,
  makePost,
  makeProgram,
  makeUser,
  type TestUser,
} from '../../src/testing/factories.ts'
import { violations } from '../../src/testing/pages/axe.ts'
import { firstVisit, precache, secondPage } from '../../src/testing/pages/bytes.ts'
import { startSite, type TestSite } from '../../src/testing/site.ts'

/** The narrowest phone that is sold, the usual one, a tablet, a desktop. */
const WIDTHS = [320, 360, 768, 1280]
/** As long as the columns take, and without a place to break. */
const LONG = 'Mwanaharakati'.repeat(7)
const LONG_TITLE = `${LONG} na ${'Ustadi'.repeat(10)}`

/** How much wider than the window the page is, and what sticks out the farthest. */
const OVERFLOW = `(() => {
  const wider = document.documentElement.scrollWidth - innerWidth
  if (wider <= 0) return null
  const right = (element) => element.getBoundingClientRect().right
  const farthest = [...document.querySelectorAll('main *, header *, footer *')].sort((a, b) => right(b) - right(a))[0]
  return wider + ' px: ' + farthest?.outerHTML.slice(0, 160)
})()`

describe('every page, whatever people are called', withBrowser, () => {
  let database: TestDatabase
  let site: TestSite
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let complaints: string[]
  let pages: { open: string[]; own: string[] }
  before(async () => {
    database = await createTestDatabase()
    site = await startSite(database)
    browser = await openBrowser()
    const coach = await makeCoach(database.owner, { tagline: LONG, brand_name: LONG })
    await database.owner.query('UPDATE users SET full_name = $2 WHERE user_id = $1', [coach.id, LONG])
    const reader = await makeUser(database.owner, { full_name: LONG }, 'super_admin')
    pages = await makeWorld(coach, reader)
    ;({ page, complaints } = await openPage(browser, site.origin, { serviceWorkers: 'block' }))
    context = page.context()
    const data = { username: reader.email, password: reader.password }
    const headers = { origin: site.origin }
    assert.ok((await context.request.post('/api/v1/auth/login', { data, headers })).ok())
  })
  after(async () => {
    await browser.close()
    await site.close()
    await database.close()
  })

  async function makeWorld(coach: TestUser, reader: TestUser) {
    const { owner } = database
    const program = await makeProgram(owner, {
      title: LONG_TITLE,
      description: LONG,
      instructor_id: coach.id,
    })
    const module = await makeModule(owner, program.program_id!, { title: LONG })
    const lesson = await makeLesson(owner, module.module_id!, {
      title: LONG,
      text_content: LONG,
      is_preview: true,
    })
    await makeEnrollment(owner, reader.id, program.program_id!)
    const event = await makeEvent(owner, { title: LONG_TITLE, city: LONG, organizer_id: coach.id })
    const post = await makePost(owner, {
      author_id: coach.id,
      title: LONG,
      content: `${LONG} https://example.com/${LONG}`,
    })
    const { request_id } = await insert(owner, 'privacy_requests', {
      user_id: coach.id,
      kind: 'rectification',
      details: LONG,
      due_at: new Date(Date.now() + 86_400_000),
    })
    const { breach_id } = await insert(owner, 'data_breaches', {
      title: LONG,
      severity: 'high',
      facts: LONG,
      authority_due_at: new Date(Date.now() + 86_400_000),
    })
    const said = { title: LONG.slice(0, 100), message: LONG }
    const { broadcast_id } = await insert(owner, 'broadcasts', {
      type: 'marketing',
      channels: '{email,sms,push}',
      texts: JSON.stringify({ en: said, sw: said, fr: said }),
      path: `/${LONG.slice(0, 200)}`,
    })
    const open = [
      '/',
      '/programs',
      `/programs/${program.slug}`,
      '/coaches',
      `/people/${coach.id}`,
      '/events',
      `/events/${event.slug}`,
      '/community',
      `/community/${post.post_id}`,
      `/search?q=${LONG}`,
      '/sign-up',
      '/keep-account?token=none',
      '/help',
    ]
    const own = [
      '/dashboard',
      '/me',
      `/learn/${program.slug}/${lesson.lesson_id}`,
      '/settings',
      '/settings/profile',
      '/settings/security',
      '/settings/data',
      '/settings/consents',
      '/settings/requests',
      '/admin',
      '/admin/people',
      `/admin/people/${reader.id}`,
      '/admin/privacy-requests',
      `/admin/privacy-requests/${request_id}`,
      '/notifications',
      '/settings/notifications',
      '/admin/notifications',
      '/admin/notifications/dead-letters',
      '/admin/notifications/templates',
      '/admin/notifications/templates/community.comment_created',
      '/admin/notifications/broadcasts',
      `/admin/notifications/broadcasts/${broadcast_id}`,
      '/admin/breaches',
      `/admin/breaches/${breach_id}`,
      '/admin/audit',
    ]
    return { open, own }
  }

  test('is never wider than its window, from 320 to 1280 pixels', async () => {
    const found: string[] = []
    for (const path of [...pages.open, ...pages.own]) {
      const reply = await page.goto(path)
      assert.equal(reply?.status(), 200, path)
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 740 })
        const wider = await page.evaluate<string | null>(OVERFLOW)
        if (wider !== null) found.push(`${path} at ${width}: ${wider}`)
      }
    }
    assert.deepEqual(found, [])
    assert.deepEqual(complaints, [])
  })

  test('has its header within its window, where parts come and go, with the longest words', async () => {
    const stranger = (await openPage(browser, site.origin, { serviceWorkers: 'block' })).page
    await stranger.goto('/fr/help')
    for (const width of [360, 959, 960, 1215, 1216]) {
      await stranger.setViewportSize({ width, height: 740 })
      assert.equal(await stranger.evaluate(OVERFLOW), null, `${width}`)
      const logo = await stranger.locator('header svg').first().boundingBox()
      assert.ok((logo?.width ?? 0) > 20, `the logo at ${width}`)
    }
  })

  test('has nothing that axe objects to, in both themes and three languages', async () => {
    const stranger = (await openPage(browser, site.origin, { serviceWorkers: 'block' })).page
    const looks: [tab: Page, address: string][] = [
      [stranger, '/'],
      [stranger, '/sw/programs'],
      [stranger, '/fr/sign-up'],
      [page, '/community'],
      [page, '/sw/dashboard'],
      [page, '/fr/settings'],
      [page, '/sw/settings/data'],
      [page, '/fr/admin/audit'],
    ]
    const found: object[] = []
    for (const [tab, address] of looks) {
      await tab.goto(address)
      for (const colorScheme of ['light', 'dark'] as const) {
        await tab.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        for (const each of await violations(tab)) found.push({ address, colorScheme, ...each })
      }
    }
    assert.deepEqual(found, [])
  })

  test('costs a stranger little: 60 KB at first, 15 KB for each one more, 60 KB kept ahead', async () => {
    for (const path of ['/', pages.open[2]!, '/community']) {
      const { bytes } = await firstVisit(browser, site.origin + path)
      assert.ok(bytes > 1000 && bytes <= 60_000, `${path}: ${bytes}`)
    }
    const second = await secondPage(browser, `${site.origin}/`, `${site.origin}/programs`)
    assert.ok(second.bytes > 1000 && second.bytes <= 15_000, `second page: ${second.bytes}`)
    const ahead = await precache(browser, site.origin)
    assert.ok(ahead.bytes > 1000 && ahead.bytes <= 60_000, `precache: ${ahead.bytes}`)
  })
})
