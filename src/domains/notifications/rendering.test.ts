import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { NOTICES } from '../../app/notices.ts'
import { publishFact } from '../../platform/facts/index.ts'
import { signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser } from '../../testing/factories.ts'
import { expandFacts } from './expansion.ts'
import { digestOf, letterOf, shortOf } from './letters.ts'
import type { Item } from './rendering.ts'

const WIN = '<b>Win</b> http://evil.example/win'
const SETTING = { url: (path: string) => `https://house.example${path}` } as Parameters<typeof shortOf>[1]

describe('the words of a notice', () => {
  let database: TestDatabase
  let app: TestApp
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  /** What somebody reads who is followed by one of this name. */
  const readOf = async (full_name: string): Promise<Item> => {
    const [amina, actor] = [await makeUser(database.owner), await makeUser(database.owner, { full_name })]
    const fact = {
      name: 'identity.follow_created',
      actor: actor.id,
      reference: { type: 'user', id: actor.id },
      recipients: [amina.id],
    }
    await database.db.transaction(null, (tx) => publishFact(tx, fact))
    while (await expandFacts({ db: database.workerDb, services: app.services, registry: NOTICES }));
    const client = await signedIn(app, amina)
    const { items } = (await client.get<{ items: Item[] }>('/api/v1/me/notifications')).body
    return items[0]!
  }

  test('hold no name that is a web address, in the list, a mail’s subject, a digest, an SMS and a push', async () => {
    for (const name of [WIN, 'www.evil.example', 'Win at evil.example/win', 'EVIL.com']) {
      const item = await readOf(name)
      const { subject, paragraphs } = letterOf(item, 'en', SETTING)
      // What a push shows is the title and the message as they stand in the list.
      const all = [
        item.title,
        item.message,
        subject,
        ...paragraphs,
        ...digestOf([item], 'en', SETTING).paragraphs,
        shortOf(item, SETTING),
      ]
      assert.match(item.title, /^Somebody /, name)
      for (const words of all) assert.doesNotMatch(words, /evil|Win/i)
    }
  })

  test('hold the first sixty letters of a name, up to a word', async () => {
    const { title } = await readOf(`Amina ${'Wanjiru '.repeat(11)}`.trim())
    assert.match(title, /^Amina (?:Wanjiru ){5}Wanjiru… /)
    assert.match((await readOf('Dr. Amina W. Wanjiru')).title, /^Dr\. Amina W\. Wanjiru /)
  })
})
