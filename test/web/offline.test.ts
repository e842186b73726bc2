import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import type { Browser, BrowserContext, Page, Request } from 'playwright-core'
import { openBrowser, openPage, withBrowser } from '../../src/testing/browser.ts'
import { type Client, signedIn } from '../../src/testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts'
import {
  makeEnrollment,
  makeLesson,
  makeModule,
  makeProgram,
  makeUser,
  type TestUser,
} from '../../src/testing/factories.ts'
import { startSite, type TestSite } from '../../src/testing/site.ts'

const TITLES = [
  'First steps',
  'Second thoughts',
  'Third time',
  'Fourth wall',
  'Fifth gear',
  'Sixth sense',
] as const

/** What is left of a person in the browser: caches by their names, rows of the queue and of the saved lessons. */
const LEFTOVERS = `(async () => {
  const names = (await caches.keys()).filter((name) => name.startsWith('person-'))
  const answer = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)))
  const database = await answer(indexedDB.open('offline'))
  let rows = 0
  for (const store of ['writes', 'saved'].filter((name) => database.objectStoreNames.contains(name)))
    rows += await answer(database.transaction(store).objectStore(store).count())
  database.close()
  return { caches: names, rows }
})()`

/** Whether the browser waits for its owner to come back. */
const SET_ASIDE = `new Promise((resolve) => {
  indexedDB.open('offline').onsuccess = ({ target: { result } }) => {
    result.transaction('owner').objectStore('owner').get('aside').onsuccess = (event) => {
      result.close()
      resolve(event.target.result !== undefined)
    }
  }
})`

const CONTROLLED = `new Promise((resolve) => {
  if (navigator.serviceWorker.controller) resolve()
  else navigator.serviceWorker.addEventListener('controllerchange', () => resolve())
})`

describe('lessons without a network', withBrowser, () => {
  let database: TestDatabase
  let site: TestSite
  let browser: Browser
  let program: { id: string; slug: string; lessons: string[] }
  let learner: TestUser
  let page: Page
  let context: BrowserContext
  let complaints: string[]
  let admin: Client | undefined
  before(async () => {
    database = await createTestDatabase()
    site = await startSite(database)
    browser = await openBrowser()
    program = await makeCourse()
    learner = await makeUser(database.owner)
    await makeEnrollment(database.owner, learner.id, program.id)
    ;({ page, complaints } = await openPage(browser, site.origin))
    context = page.context()
    await signIn(learner)
    await page.goto(`/programs/${program.slug}`)
    await page.evaluate(CONTROLLED)
    await page.getByRole('button', { name: 'Save this part for offline' }).click()
    await page.getByText('Saved on this device').waitFor({ timeout: 60_000 })
  })
  after(async () => {
    await browser.close()
    await site.close()
    await database.close()
  })
  afterEach(() => assert.deepEqual(complaints, []))

  async function makeCourse() {
    const row = await makeProgram(database.owner, { title: 'A course' })
    const module = await makeModule(database.owner, row.program_id!, { title: 'All of it' })
    const lessons: string[] = []
    for (const [i, title] of TITLES.entries()) {
      const values = { title, sequence_order: i + 1, text_content: `The text of **${title}**.` }
      lessons.push((await makeLesson(database.owner, module.module_id!, values)).lesson_id!)
    }
    return { id: row.program_id!, slug: row.slug!, lessons }
  }

  async function signIn(user: TestUser): Promise<void> {
    const data = { username: user.email, password: user.password }
    const reply = await context.request.post('/api/v1/auth/login', { data, headers: { origin: site.origin } })
    assert.equal(reply.status(), 200)
  }

  async function markDone(i: number): Promise<void> {
    const title = TITLES[i]!
    await page.getByRole('heading', { name: title, level: 1 }).waitFor()
    await page.getByText(`The text of ${title}.`).waitFor()
    await page.getByRole('button', { name: 'Mark as done' }).click()
    await page.getByText('Kept on this device').waitFor()
  }

  const lesson = (i: number) => `/learn/${program.slug}/${program.lessons[i]}`

  /** The places of the lessons that are done, whose one sitting is counted once. */
  async function doneLessons(): Promise<number[]> {
    const { rows } = await database.owner.query(
      `SELECT lesson_id FROM lesson_progress p JOIN lesson_time t USING (user_id, lesson_id)
       WHERE user_id = $1 AND p.progress_percent = 100 AND p.time_spent_seconds = t.seconds`,
      [learner.id],
    )
    return rows.map((row) => program.lessons.indexOf(row.lesson_id)).sort()
  }

  test('are read and done; back online it arrives exactly once, though two tabs are open', async () => {
    const other = await context.newPage()
    await other.goto('/offline')
    const writes: string[] = []
    const onRequest = (request: Request) => request.method() === 'PUT' && writes.push(request.url())
    context.on('request', onRequest)

    await context.setOffline(true)
    await page.goto('/offline')
    await page.getByRole('link', { name: TITLES[0] }).click()
    await markDone(0)
    await page.getByRole('link', { name: `Next lesson ${TITLES[1]}` }).click()
    await markDone(1)
    await page.reload()
    await page.getByText('Kept on this device').waitFor()
    await page.goto(lesson(2))
    await markDone(2)
    await page.goto('/programs')
    await page.getByText('You are offline').first().waitFor()
    await page.goto('/offline')
    await page.getByRole('heading', { name: 'Waiting 3' }).waitFor()
    assert.deepEqual(await doneLessons(), [])

    writes.length = 0
    await context.setOffline(false)
    await page.getByRole('heading', { name: 'Sent 3' }).waitFor()
    await other.getByRole('heading', { name: 'Sent 3' }).waitFor()
    context.off('request', onRequest)
    await other.close()
    assert.deepEqual(
      writes.map((url) => url.split('/').at(-2)),
      program.lessons.slice(0, 3),
    )
    assert.deepEqual(await doneLessons(), [0, 1, 2])
  })

  test('what is refused is shown with the reason, and can be tried again or discarded', async () => {
    await context.setOffline(true)
    for (const i of [3, 4]) {
      await page.goto(lesson(i))
      await markDone(i)
    }
    const enrolled = (status: string) =>
      database.owner.query('UPDATE enrollments SET status = $2 WHERE user_id = $1', [learner.id, status])
    await enrolled('suspended')
    await page.goto('/offline')
    await context.setOffline(false)
    await page.getByRole('heading', { name: 'Refused 2' }).waitFor()
    await page.getByText('You are no longer enrolled in this program.').first().waitFor()

    await page.getByRole('button', { name: `Discard “${TITLES[3]}”` }).click()
    await page.getByRole('button', { name: 'Discard', exact: true }).click()
    await page.getByRole('heading', { name: 'Refused 1' }).waitFor()
    await enrolled('active')
    await page.getByRole('button', { name: `Try “${TITLES[4]}” again` }).click()
    await page.getByRole('heading', { name: 'Sent 4' }).waitFor()
    assert.deepEqual(await doneLessons(), [0, 1, 2, 4])
  })

  test('whoever was signed out meanwhile signs in again, and it is sent; a platform at rest is tried later', async () => {
    await context.setOffline(true)
    await page.goto(lesson(5))
    await markDone(5)
    await page.goto('/offline')
    await context.clearCookies()
    await context.setOffline(false)
    await page.getByText('Your session has ended.').waitFor()
    assert.deepEqual(await doneLessons(), [0, 1, 2, 4])

    await signIn(learner)
    await maintenance(true)
    await page.getByRole('button', { name: 'Send now' }).click()
    await page.getByText('Next try').waitFor()
    await maintenance(false)
    await page.getByRole('button', { name: 'Send now' }).click()
    await page.getByText('Nothing is waiting').waitFor()
    assert.deepEqual(await doneLessons(), [0, 1, 2, 4, 5])
  })

  async function isSetAside(wanted: boolean): Promise<void> {
    for (let tries = 0; tries < 75; tries++) {
      if ((await page.evaluate<boolean>(SET_ASIDE)) === wanted) return
      await page.waitForTimeout(200)
    }
    assert.fail(`what is kept was ${wanted ? 'not set aside' : 'set aside for good'}`)
  }

  test('what somebody keeps is shown to nobody once they are signed out, and to them when they are back', async () => {
    await context.clearCookies()
    await page.goto('/sign-in')
    await page.getByLabel('Password').focus()
    await isSetAside(true)
    await context.setOffline(true)
    await page.goto(lesson(0))
    await page.getByText('You are offline').first().waitFor()
    await context.setOffline(false)
    await signIn(learner)
    await page.goto('/dashboard')
    await isSetAside(false)
    await context.setOffline(true)
    await page.goto(lesson(0))
    await page.getByText(`The text of ${TITLES[0]}.`).waitFor()
    await context.setOffline(false)
  })

  /** As staff turn it on; members are told 503. */
  async function maintenance(on: boolean): Promise<void> {
    admin ??= await signedIn(site, await makeUser(database.owner, {}, 'super_admin'))
    const reply = await admin.put('/api/v1/admin/settings/platform.maintenance_mode', { value: on })
    assert.equal(reply.status, 200, reply.text)
  }

  const leftovers = () => page.evaluate<{ caches: string[]; rows: number }>(LEFTOVERS)

  test('signing out asks while something is kept, then leaves nothing of it', async () => {
    const other = await context.newPage()
    await other.goto('/settings')
    await other.getByRole('heading', { name: 'Settings' }).waitFor()
    await page.goto('/sign-out')
    await page.getByText('6 saved lessons will be removed from this device.').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    assert.equal(new URL(page.url()).pathname, '/sign-out', 'it asks first')
    await page.getByLabel('Yes, remove all of it from this device').check()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL(`${site.origin}/`)
    assert.deepEqual(await leftovers(), { caches: [], rows: 0 })
    await other.waitForURL('**/sign-in?**')
    await other.close()
  })

  test('who signs in next on the same phone finds nothing of the one before', async () => {
    await signIn(learner)
    await page.goto(lesson(3))
    await page.getByRole('button', { name: 'Save for offline' }).click()
    await page.getByText('Saved on this device').waitFor()
    await context.setOffline(true)
    await markDone(3)
    await context.clearCookies()
    const next = await makeUser(database.owner)
    await context.setOffline(false)
    await signIn(next)
    await page.goto('/offline')
    await page.getByText('No lesson is saved on this device').waitFor()
    assert.equal((await leftovers()).rows, 0)
    const { rows } = await database.owner.query('SELECT FROM lesson_progress WHERE user_id = $1', [next.id])
    assert.equal(rows.length, 0, 'nobody sends in the name of another')
  })
})
