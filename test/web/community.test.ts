import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { openBrowser, openPage, withBrowser } from '../../src/testing/browser.ts'
import { signedIn } from '../../src/testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts'
import { makeComment, makePost, makeTag, makeUser, type TestUser } from '../../src/testing/factories.ts'
import { startSite, type TestSite } from '../../src/testing/site.ts'

/** What would do harm: a script, marks that turn the text around them, and letters that grow out of their line. */
const HOSTILE = `<script>alert(1)</script><img src=x onerror=alert(2)> \u202Eevil\u202C ${'Z\u0310\u0311\u0312\u0313\u0314\u0315'.repeat(40)} javascript:alert(3) https://evil.example/a?b=c`

describe('the community, in a browser', withBrowser, () => {
  let database: TestDatabase
  let site: TestSite
  let browser: Browser
  let amina: TestUser
  let kwame: TestUser
  before(async () => {
    database = await createTestDatabase()
    site = await startSite(database)
    browser = await openBrowser()
    amina = await makeUser(database.owner, { username: 'amina-w', full_name: 'Amina Wanjiru' })
    kwame = await makeUser(database.owner, { username: 'kwame-b', full_name: 'Kwame Boateng' })
  })
  after(async () => {
    await browser.close()
    await site.close()
    await database.close()
  })

  const open = async (user: TestUser | null, options = {}) => {
    const opened = await openPage(browser, site.origin, options)
    if (user) {
      const { token } = await signedIn(site, user)
      await opened.page.context().addCookies([{ name: 'bcn_session', value: token ?? '', url: site.origin }])
    }
    return opened
  }
  const isStill = async (page: Page) =>
    assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true)

  test('a post is written, liked, saved and answered down to the third level, and once only', async () => {
    const { page, complaints } = await open(amina)
    await page.goto('/community/new')
    await page.locator('html[data-ready]').waitFor()
    await page.getByLabel('Title').fill('Soko la leo')
    await page.getByLabel('Your text').fill('I sold out by noon.')
    await page.reload()
    await page.getByText('We kept what you had begun to write.').waitFor()
    assert.equal(await page.getByLabel('Your text').inputValue(), 'I sold out by noon.')
    await page.getByLabel('Topics').fill('soko, #pricing, soko')
    await page.getByRole('button', { name: 'Publish' }).dblclick()
    await page.getByRole('heading', { name: 'Soko la leo' }).waitFor()
    await page.getByRole('button', { name: 'Like' }).click()
    await page.getByRole('button', { name: 'Like', pressed: true }).waitFor()
    await page.getByRole('button', { name: 'Save for later' }).click()
    await page.getByRole('button', { name: 'Save for later', pressed: true }).waitFor()
    await page.getByLabel('Your comment').fill('And tomorrow?')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('And tomorrow?').waitFor()
    for (const words of ['More tomatoes', 'And less salt']) {
      await page.getByRole('link', { name: 'Reply' }).last().click()
      await page.getByLabel(/^Reply to/).fill(words)
      await page.getByRole('button', { name: 'Send' }).last().click()
      await page.locator('article article').getByText(words).waitFor()
    }
    assert.equal(
      await page.getByRole('link', { name: 'Reply' }).count(),
      2,
      'the third level takes no replies',
    )
    await page.goto('/bookmarks')
    await page.getByRole('link', { name: 'Soko la leo' }).waitFor()
    const { rows } = await database.owner.query('SELECT FROM posts WHERE author_id = $1', [amina.id])
    assert.equal(rows.length, 1, 'sent twice, there once')
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  test('without JavaScript a comment is written, edited and deleted after a question', async () => {
    const post = (await makePost(database.owner, { author_id: kwame.id, title: 'Plain' })).post_id!
    const { page } = await open(amina, { javaScriptEnabled: false })
    await page.goto(`/community/${post}`)
    await page.getByLabel('Your comment').fill('By form alone')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('By form alone').waitFor()
    await page.getByRole('button', { name: 'Like' }).first().click()
    await page.getByRole('button', { name: 'Like', pressed: true }).first().waitFor()
    await page.getByRole('link', { name: 'Edit' }).click()
    await page.getByLabel('Edit your comment').fill('Better words')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('edited').waitFor()
    await page.getByRole('link', { name: 'Edit' }).click()
    await page.getByText('Delete', { exact: true }).click()
    await page.getByRole('button', { name: 'Yes, delete' }).click()
    await page.getByText('Nobody has replied yet').waitFor()
    await page.context().close()
  })

  test('what one began to write is kept whole, and lost by signing out only after a question', async () => {
    const { page } = await open(await makeUser(database.owner))
    await page.goto('/community/new')
    await page.locator('html[data-ready]').waitFor()
    await page.getByLabel('Your text').fill('Half a thought')
    await page.locator('[name=category]').selectOption('question')
    await page.locator('[name=language]').selectOption('fr')
    await page.reload()
    await page.getByText('We kept what you had begun to write.').waitFor()
    assert.equal(await page.locator('[name=category]').inputValue(), 'question')
    assert.equal(await page.locator('[name=language]').inputValue(), 'fr')
    await page.goto('/sign-out')
    await page.getByText('1 text that you began to write has not been sent.').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    assert.equal(new URL(page.url()).pathname, '/sign-out', 'it asks first')
    await page.context().close()
  })

  test('a comment that is edited without a network says so, keeps its words, and is saved once there is one', async () => {
    const post = await makePost(database.owner, { author_id: kwame.id })
    await makeComment(database.owner, String(post.post_id), amina.id)
    const { page } = await open(amina)
    await page.goto(`/community/${post.post_id}`, { waitUntil: 'networkidle' })
    await page.getByRole('link', { name: 'Edit' }).click()
    await page.getByLabel('Edit your comment').fill('Better said.')
    await page.context().setOffline(true)
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('We could not be reached').waitFor()
    assert.equal(await page.getByLabel('Edit your comment').inputValue(), 'Better said.')
    await page.context().setOffline(false)
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Better said.').waitFor()
    assert.equal(await page.getByLabel('Edit your comment').count(), 0)
    await page.context().close()
  })

  test('hostile text is text, in the feed, on its page and in a name, and breaks no page', async () => {
    const hostile = await makeUser(database.owner, {
      full_name: `Zed \u202E${'Z\u0310\u0311\u0312\u0313'.repeat(20)}<b>x</b>`,
      username: 'hostile',
    })
    const post = (
      await makePost(database.owner, {
        author_id: hostile.id,
        title: HOSTILE.slice(0, 180),
        content: HOSTILE,
      })
    ).post_id!
    const { page, complaints } = await open(amina)
    let alerted = false
    page.on('dialog', (dialog) => {
      alerted = true
      return dialog.dismiss()
    })
    for (const path of ['/community', `/community/${post}`, '/people/hostile']) {
      await page.goto(path)
      await page.getByText('<script>alert(1)</script>').first().waitFor()
      assert.equal(await page.locator('main img[src=x]').count(), 0)
      await isStill(page)
    }
    await page.goto(`/community/${post}`)
    const link = page.getByRole('link', { name: 'https://evil.example/a?b=c' })
    assert.equal(await link.getAttribute('rel'), 'nofollow ugc noopener')
    assert.equal(await page.getByRole('link', { name: /javascript:/ }).count(), 0)
    assert.equal(alerted, false)
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  test('more of the feed comes in place, by a link without JavaScript, and ends', async () => {
    for (let n = 0; n < 25; n++)
      await makePost(database.owner, { author_id: kwame.id, category: 'question', title: `Question ${n}` })
    const { page } = await open(null)
    await page.goto('/community?category=question', { waitUntil: 'networkidle' })
    await page.getByRole('link', { name: 'Show more' }).click()
    await page.getByRole('link', { name: 'Question 6', exact: true }).waitFor()
    assert.equal(await page.getByRole('article').count(), 20)
    const last = page.getByRole('link', { name: 'Question 5', exact: true })
    await last.click()
    await page.waitForURL(/community\/[0-9a-f-]{36}/)
    await page.goBack()
    await last.waitFor()
    assert.equal(await page.getByRole('article').count(), 20, 'as long as it was')
    const isBack = () => page.evaluate<boolean>('scrollY > 1000')
    for (let n = 0; n < 50 && !(await isBack()); n++) await page.waitForTimeout(50)
    assert.ok(await isBack(), 'and at its place')
    await page.getByRole('link', { name: 'Show more' }).click()
    await page.getByText('That is all.').waitFor()
    assert.equal(await page.getByRole('article').count(), 25)
    await page.context().close()
    const plain = await open(null, { javaScriptEnabled: false })
    await plain.page.goto('/community?category=question')
    await plain.page.getByRole('link', { name: 'Show more' }).click()
    await plain.page.getByRole('link', { name: 'Question 10', exact: true }).waitFor()
    assert.match(plain.page.url(), /category=question&cursor=/)
    await plain.page.context().close()
  })

  test('somebody is followed and vouched for from their profile by the keyboard alone', async () => {
    const tag = (await makeTag(database.owner, { name: 'Pricing for markets' })).tag_id!
    await (await signedIn(site, kwame)).put(`/api/v1/me/skills/${tag}`, { level: 'expert' })
    const { page, complaints } = await open(amina)
    await page.goto('/people/kwame-b')
    const tabTo = async (name: string | RegExp) => {
      const target = page.getByRole('button', { name })
      for (let presses = 0; presses < 60; presses++) {
        await page.keyboard.press('Tab')
        if (await target.evaluate((element) => element.matches(':focus'))) return
      }
      assert.fail(`no Tab leads to ${name}`)
    }
    await tabTo('Follow')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Following' }).waitFor()
    await tabTo(/^Vouch for Pricing/)
    await page.keyboard.press('Enter')
    await page.getByText('vouched for by').waitFor()
    await page.goto('/community?following=1')
    await page.getByRole('link', { name: 'Question 24' }).waitFor()
    await page.goto('/people/kwame-b/followers')
    await page.getByRole('link', { name: 'Amina Wanjiru' }).waitFor()
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  test('a photo is chosen, cut by the keyboard and uploaded; what is no picture is refused in words', async () => {
    const { page, complaints } = await open(amina)
    await page.goto('/settings/profile')
    const choose = page.locator('input[type=file]').first()
    await choose.setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') })
    await page.getByText('Choose a picture: JPEG').waitFor()
    await choose.setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') })
    await page.getByText('cannot be read as a picture').waitFor()
    const picture = await sharp({
      create: { width: 900, height: 600, channels: 3, background: '#a83a12' },
    })
      .jpeg()
      .toBuffer()
    await choose.setInputFiles({ name: 'me.jpg', mimeType: 'image/jpeg', buffer: picture })
    await page.getByRole('application').focus()
    for (const key of ['ArrowRight', 'ArrowRight', '+', '+', 'ArrowDown']) await page.keyboard.press(key)
    let cutOff = true
    await page.route('**/storage*', (route) => (cutOff ? route.abort() : route.continue()))
    await page.getByRole('button', { name: 'Use this' }).click()
    await page.getByText('The connection was lost on the way').waitFor()
    cutOff = false
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('Your picture is there.').waitFor()
    await page.locator('main img[src^="/media/"]').waitFor()
    await page.goto('/people/amina-w')
    await page.locator('main img[src^="/media/"]').first().waitFor()
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  test('a profile is edited with and without JavaScript, and what is wrong is said at its field', async () => {
    for (const javaScriptEnabled of [true, false]) {
      const { page } = await open(kwame, { javaScriptEnabled })
      await page.goto('/settings/profile')
      await page.getByLabel('In one line').fill('Say it plainly')
      await page.getByLabel('City').fill('Accra')
      await page.getByRole('button', { name: 'Save' }).first().click()
      await page.getByText('Saved.').waitFor()
      assert.equal(await page.getByLabel('In one line').inputValue(), 'Say it plainly')
      await page.getByLabel('LinkedIn').fill('https://evil.example/in/kwame')
      await page.getByRole('button', { name: 'Save' }).last().click()
      await page.getByText('A whole address of LinkedIn').waitFor()
      assert.equal(await page.getByLabel('LinkedIn').inputValue(), 'https://evil.example/in/kwame')
      await page.goto('/settings/profile/portfolio')
      await page
        .getByLabel('Title')
        .last()
        .fill(javaScriptEnabled ? 'My shop' : 'My film')
      await page
        .getByLabel('Address')
        .nth(javaScriptEnabled ? 0 : 1)
        .fill('https://example.com/work')
      await page.getByRole('button', { name: 'Save' }).first().click()
      await page.getByText('Saved.').waitFor()
      await page.context().close()
    }
    const { page } = await open(null)
    await page.goto('/people/kwame-b')
    for (const words of ['Say it plainly', 'My shop', 'My film', 'Accra'])
      await page.getByText(words).first().waitFor()
    const data = await page.locator('script[type="application/ld+json"]').textContent()
    assert.equal(JSON.parse(data ?? '').mainEntity['@type'], 'Person')
    await page.context().close()
  })
})
