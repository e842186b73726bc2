import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser, type TestUser, unique, unknownId } from '../../testing/factories.ts'
import { type OidcBrowser, oidcBrowser } from '../../testing/oidc-browser.ts'
import { type Person, startOidcProvider, type TestProvider } from '../../testing/oidc-provider.ts'

const callback = 'http://localhost:3000/api/v1/auth/oidc/one/callback'
const path = '/api/v1/me/identities/one/authorizations'
type Identity = { identity_id: string; provider: string; email: string | null }

describe('one’s identities elsewhere', () => {
  let database: TestDatabase
  let app: TestApp
  let one: TestProvider
  before(async () => {
    database = await createTestDatabase()
    one = await startOidcProvider({ redirectUris: [callback] })
    app = await startApp(database, {
      env: {
        OIDC_PROVIDERS: 'one',
        OIDC_ONE_ISSUER: one.issuer,
        OIDC_ONE_CLIENT_ID: one.clientId,
        OIDC_ONE_CLIENT_SECRET: one.clientSecret,
      },
    })
  })
  after(async () => {
    await app.close()
    await one.stop()
    await database.close()
  })

  const somebody = (values: Partial<Person> = {}): Person => {
    const sub = unique('sub')
    return { sub, email: `${sub}@example.com`, email_verified: false, ...values }
  }
  /** Somebody at a browser of theirs. */
  async function at(user: TestUser): Promise<{ browser: OidcBrowser; client: Client }> {
    const client = await signedIn(app, user)
    const browser = oidcBrowser(app)
    browser.cookies.set('bcn_session', client.token!)
    return { browser, client }
  }
  const link = async (browser: OidcBrowser, person: Person) => {
    const begun = await browser.begin('one', { path, returnTo: '/settings/security' })
    assert.equal(begun.status, 201, begun.text)
    return browser.comeBack(await one.approve(begun.body.url, person))
  }
  const listed = async (client: Client) =>
    (await client.get<{ items: Identity[] }>('/api/v1/me/identities')).body.items

  test('are linked by who is signed in, whatever their address is there, and sign in from then on', async () => {
    const user = await makeUser(database.owner)
    const { browser, client } = await at(user)
    const person = somebody()
    const reply = await link(browser, person)
    assert.deepEqual([reply.status, reply.headers.location], [303, 'http://localhost:3000/settings/security'])
    assert.equal(browser.token(), client.token, 'the session goes on')
    assert.deepEqual(
      (await listed(client)).map(({ provider, email }) => [provider, email]),
      [['one', person.email]],
    )
    assert.equal((await link(browser, person)).status, 303, 'twice changes nothing')
    const elsewhere = oidcBrowser(app)
    await elsewhere.signIn('one', one, person)
    const { body } = await clientOf(app, elsewhere.token()!).get<{ user_id: string }>('/api/v1/me')
    assert.equal(body.user_id, user.id)
  })

  test('want a proof that is recent, to be linked and to be unlinked', async () => {
    const user = await makeUser(database.owner)
    const { browser, client } = await at(user)
    await link(browser, somebody())
    const [identity] = await listed(client)
    await database.owner.query('UPDATE sessions SET proven_at = NULL WHERE user_id = $1', [user.id])
    const later = await signedIn(app, user)
    await database.owner.query('UPDATE sessions SET proven_at = NULL WHERE user_id = $1', [user.id])
    for (const reply of [
      await later.post(path, {}),
      await later.delete(`/api/v1/me/identities/${identity!.identity_id}`),
    ]) {
      assert.deepEqual([reply.status, reply.body.code], [403, 'auth.step_up_required'])
    }
  })

  test('are linked to who began it, and to nobody who sits at the browser afterwards', async () => {
    const { browser } = await at(await makeUser(database.owner))
    const begun = await browser.begin('one', { path })
    const back = await one.approve(begun.body.url, somebody())
    const { client: other } = await at(await makeUser(database.owner))
    browser.cookies.set('bcn_session', other.token!)
    const reply = await browser.comeBack(back)
    assert.deepEqual([reply.status, reply.body?.code], [400, 'auth.authorization_invalid'])
    assert.deepEqual(await listed(other), [])
    const signedOut = await at(await makeUser(database.owner))
    const again = await signedOut.browser.begin('one', { path })
    signedOut.browser.cookies.delete('bcn_session')
    const late = await signedOut.browser.comeBack(await one.approve(again.body.url, somebody()))
    assert.equal(late.body?.code, 'auth.authorization_invalid')
  })

  test('belong to one account, also when two ask at once', async () => {
    const person = somebody()
    const [mine, theirs] = [
      await at(await makeUser(database.owner)),
      await at(await makeUser(database.owner)),
    ]
    const replies = await Promise.all([link(mine.browser, person), link(theirs.browser, person)])
    assert.deepEqual(replies.map(({ status }) => status).sort(), [303, 409])
    assert.equal(replies.find(({ status }) => status === 409)?.body?.code, 'identities.taken')
    const all = [...(await listed(mine.client)), ...(await listed(theirs.client))]
    assert.equal(all.length, 1)
  })

  test('can be unlinked, by their person alone, and then sign nobody in', async () => {
    const { browser, client } = await at(await makeUser(database.owner))
    const person = somebody()
    await link(browser, person)
    const [identity] = await listed(client)
    const url = `/api/v1/me/identities/${identity!.identity_id}`
    const { client: stranger } = await at(await makeUser(database.owner))
    for (const reply of [
      await stranger.delete(url),
      await client.delete(`/api/v1/me/identities/${unknownId()}`),
    ]) {
      assert.deepEqual([reply.status, reply.body.code], [404, 'identity.not_found'])
    }
    assert.equal((await client.delete(url)).status, 204)
    assert.deepEqual(await listed(client), [])
    const elsewhere = oidcBrowser(app)
    const reply = await elsewhere.signIn('one', one, person)
    assert.deepEqual([reply.status, elsewhere.token()], [403, undefined])
  })

  test('stay where nothing else would sign their person in, also when two go at once', async () => {
    const newcomer = oidcBrowser(app)
    await newcomer.signIn('one', one, somebody({ email_verified: true }))
    const client = clientOf(app, newcomer.token()!)
    const remove = ({ identity_id }: Identity) => client.delete(`/api/v1/me/identities/${identity_id}`)
    const [first] = await listed(client)
    const last = await remove(first!)
    assert.deepEqual([last.status, last.body.code], [409, 'factors.last_way_in'])
    await link(newcomer, somebody())
    const both = await listed(client)
    const replies = await Promise.all(both.map(remove))
    assert.deepEqual(replies.map(({ status }) => status).sort(), [204, 409])
    assert.equal((await listed(client)).length, 1)
  })
})
