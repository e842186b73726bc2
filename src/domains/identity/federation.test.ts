import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { clientOf, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser, type TestUser, unique } from '../../testing/factories.ts'
import { type OidcBrowser, oidcBrowser } from '../../testing/oidc-browser.ts'
import { type Person, startOidcProvider, type TestProvider } from '../../testing/oidc-provider.ts'
import { passkeyHolder } from '../../testing/passkeys.ts'

const site = 'http://localhost:3000'
const callback = (name: string) => `${site}/api/v1/auth/oidc/${name}/callback`
type Me = { user_id: string; email: string; full_name: string; roles: { role_name: string }[] }
type Session = { user_id: string; token: string }

describe('signing in with an OpenID provider', () => {
  let database: TestDatabase
  let app: TestApp
  let one: TestProvider
  let two: TestProvider
  before(async () => {
    database = await createTestDatabase()
    one = await startOidcProvider({ redirectUris: [callback('one')] })
    two = await startOidcProvider({ redirectUris: [callback('two')], claimsInIdToken: false })
    app = await startApp(database, {
      env: { OIDC_PROVIDERS: 'one,two', ...variables('ONE', one), ...variables('TWO', two) },
    })
  })
  after(async () => {
    await app.close()
    await one.stop()
    await two.stop()
    await database.close()
  })

  const variables = (name: string, { issuer, clientId, clientSecret }: TestProvider) => ({
    [`OIDC_${name}_ISSUER`]: issuer,
    [`OIDC_${name}_CLIENT_ID`]: clientId,
    [`OIDC_${name}_CLIENT_SECRET`]: clientSecret,
  })
  const somebody = (values: Partial<Person> = {}): Person => {
    const sub = unique('sub')
    return { sub, email: `${sub}@example.com`, email_verified: true, name: 'Zuri Otieno', ...values }
  }
  const rows = async (query: string, ...values: unknown[]) =>
    (await database.owner.query<Record<string, string>>(query, values)).rows
  const accountsOf = (email: string | undefined) => rows('SELECT * FROM users WHERE email = lower($1)', email)
  const identitiesOf = (person: Person) =>
    rows('SELECT user_id, provider, email FROM user_identities WHERE subject = $1', person.sub)
  const whoIs = async (browser: OidcBrowser) =>
    (await clientOf(app, browser.token() ?? null).get<Me>('/api/v1/me')).body
  const enter = async (person: Person, name = 'one') => {
    const browser = oidcBrowser(app)
    return { browser, reply: await browser.signIn(name, name === 'one' ? one : two, person) }
  }
  const refused = (
    { browser, reply }: Awaited<ReturnType<typeof enter>>,
    status: number,
    code: string,
    why = '',
  ) => {
    assert.deepEqual([reply.status, reply.body?.code], [status, code], why)
    assert.equal(browser.token(), undefined, 'and nobody is signed in')
  }

  test('is offered by name', async () => {
    const { body } = await clientOf(app).get('/api/v1/auth/providers')
    assert.deepEqual(body, {
      items: [
        { name: 'one', label: 'One' },
        { name: 'two', label: 'Two' },
      ],
    })
  })

  describe('somebody new', () => {
    test('gets an account without a password, as a member whose address the provider vouches for', async () => {
      for (const name of ['one', 'two']) {
        const person = somebody()
        const { browser, reply } = await enter({ ...person, email: person.email!.toUpperCase() }, name)
        assert.deepEqual([reply.status, reply.headers.location], [303, `${site}/`])
        assert.equal(reply.headers['cache-control'], 'no-store')
        const me = await whoIs(browser)
        assert.deepEqual([me.email, me.full_name], [person.email, 'Zuri Otieno'])
        assert.deepEqual(
          me.roles.map(({ role_name }) => role_name),
          ['member'],
        )
        const [account] = await accountsOf(person.email)
        assert.deepEqual(
          [account?.password_hash, account?.email_verified, account?.status],
          [null, 't', 'active'],
        )
        assert.equal((await identitiesOf(person))[0]?.provider, name)
      }
    })

    test('is the same person the next time, whatever has become of the address', async () => {
      const person = somebody()
      const first = await whoIs((await enter(person)).browser)
      const other = await makeUser(database.owner)
      for (const email of [person.email!, 'moved@example.com', other.email]) {
        const { browser } = await enter({ ...person, email, email_verified: email !== 'moved@example.com' })
        assert.equal((await whoIs(browser)).user_id, first.user_id)
      }
      assert.equal((await identitiesOf(person))[0]?.email, other.email)
    })

    test('is made one account of, in two windows at once', async () => {
      const person = somebody()
      const entered = await Promise.all([enter(person), enter(person), enter(person)])
      for (const { reply } of entered) assert.equal(reply.status, 303, reply.text)
      assert.equal((await accountsOf(person.email)).length, 1)
      assert.equal((await identitiesOf(person)).length, 1)
    })

    test('gets a name that can be shown', async () => {
      const names: [string, string][] = [
        ['\u202eevil', 'a.b'],
        ['   ', 'a.b'],
        [`${'é'.repeat(230)}`, 'é'.repeat(200)],
      ]
      for (const [name, shown] of names) {
        const email = `a.b@${unique('host')}.example`
        const { browser, reply } = await enter(somebody({ name, email }))
        assert.equal(reply.status, 303, reply.text)
        assert.equal((await whoIs(browser)).full_name, shown)
      }
    })

    test('is turned away while registration is closed, and who has an account is not', async () => {
      const member = somebody()
      await enter(member)
      const setting = `UPDATE system_settings SET setting_value = $1 WHERE setting_key = 'platform.registration_open'`
      await database.owner.query(setting, ['false'])
      await app.services.cache.forget('settings:public')
      try {
        refused(await enter(somebody()), 403, 'auth.registration_closed')
        assert.equal((await enter(member)).reply.status, 303)
      } finally {
        await database.owner.query(setting, ['true'])
        await app.services.cache.forget('settings:public')
      }
    })
  })

  describe('an address that the provider has not verified', () => {
    test('makes no account and opens none, and does not tell whether there is one', async () => {
      const { email } = await makeUser(database.owner)
      const unverified = { email_verified: false }
      const known = await enter(somebody({ email, ...unverified }))
      const stranger = somebody(unverified)
      const unknown = await enter(stranger)
      for (const one of [known, unknown]) refused(one, 403, 'auth.provider_email_unverified')
      assert.equal(known.reply.body && 'detail' in known.reply.body, true)
      assert.deepEqual(await accountsOf(stranger.email), [])
      const { email: _, ...silent } = somebody()
      refused(await enter(silent), 403, 'auth.provider_email_unverified')
      refused(await enter(somebody({ email: 'no address' })), 403, 'auth.provider_email_unverified')
    })
  })

  describe('somebody who has an account by that address', () => {
    const mailsTo = async (user: TestUser) =>
      (await rows(`SELECT template FROM outgoing_messages WHERE user_id = $1`, user.id)).map(
        ({ template }) => template,
      )

    test('is signed into it where both sides have verified the address, and told so', async () => {
      const user = await makeUser(database.owner)
      const person = somebody({ email: user.email.toUpperCase() })
      const { browser } = await enter(person)
      assert.equal((await whoIs(browser)).user_id, user.id)
      assert.equal((await identitiesOf(person))[0]?.user_id, user.id)
      assert.ok((await mailsTo(user)).includes('factor_changed'))
      await enter(person)
      assert.equal((await mailsTo(user)).filter((one) => one === 'factor_changed').length, 1, 'once')
    })

    test('is not, where we have not verified it: somebody else may have registered it', async () => {
      for (const values of [
        { status: 'pending_verification', email_verified: false },
        { email_verified: false },
      ]) {
        const user = await makeUser(database.owner, values)
        const person = somebody({ email: user.email })
        refused(await enter(person), 403, 'auth.email_unverified')
        assert.deepEqual(await identitiesOf(person), [])
      }
    })

    test('is not, while suspended, and not by an identity that was linked before', async () => {
      const user = await makeUser(database.owner)
      const person = somebody({ email: user.email })
      await enter(person)
      await database.owner.query(`UPDATE users SET status = 'suspended' WHERE user_id = $1`, [user.id])
      refused(await enter(person), 403, 'auth.account_inactive')
      const stranger = somebody({ email: user.email })
      refused(await enter(stranger), 403, 'auth.account_inactive')
      assert.deepEqual(await identitiesOf(stranger), [])
    })

    test('still needs their second factor, and the identity is linked with it, not before', async () => {
      const { user, device } = await passkeyHolder(app, database.owner)
      const person = somebody({ email: user.email })
      const { browser, reply } = await enter(person)
      assert.equal(reply.status, 303)
      assert.equal(browser.token(), undefined)
      const page = new URL(String(reply.headers.location))
      assert.deepEqual([page.origin, page.pathname, page.search], [site, '/sign-in/second-factor', ''])
      const fields = new URLSearchParams(page.hash.slice(1))
      assert.deepEqual(fields.get('methods')?.split(','), ['passkey', 'recovery_code'])
      assert.deepEqual(await identitiesOf(person), [])
      const ticket = fields.get('ticket')!
      const passkey = device.get({ challenge: ticket, rpId: 'localhost' })
      const done = await clientOf(app).post<Session>('/api/v1/auth/second-factor', { ticket, passkey })
      assert.deepEqual([done.status, done.body.user_id], [200, user.id])
      assert.equal((await identitiesOf(person))[0]?.user_id, user.id)
      assert.match(String((await enter(person)).reply.headers.location), /second-factor#ticket=/)
    })
  })

  describe('what comes back', () => {
    const begun = async (name = 'one', person = somebody()) => {
      const browser = oidcBrowser(app)
      const { body } = await browser.begin(name)
      return { browser, person, back: await (name === 'one' ? one : two).approve(body.url, person) }
    }
    const invalid = async (browser: OidcBrowser, back: URL, why: string) =>
      refused({ browser, reply: await browser.comeBack(back) }, 400, 'auth.authorization_invalid', why)

    test('counts in the browser that asked, once', async () => {
      const { browser, back } = await begun()
      const cookie = browser.cookies.get('bcn_oidc')!
      await invalid(oidcBrowser(app), back, 'another browser')
      const another = await begun()
      await invalid(another.browser, back, 'a browser that asked for something else')
      assert.equal((await browser.comeBack(back)).status, 303)
      assert.equal(browser.cookies.get('bcn_oidc'), undefined)
      const again = oidcBrowser(app)
      again.cookies.set('bcn_oidc', cookie)
      await invalid(again, back, 'a second time')
    })

    test('counts once, also when it comes twice at once', async () => {
      const { browser, back } = await begun()
      const twin = oidcBrowser(app)
      twin.cookies.set('bcn_oidc', browser.cookies.get('bcn_oidc')!)
      const replies = await Promise.all([browser.comeBack(back), twin.comeBack(back)])
      assert.deepEqual(replies.map(({ status }) => status).sort(), [303, 400])
    })

    test('counts with the state that was given, and within ten minutes', async () => {
      const { browser, back } = await begun()
      back.searchParams.set('state', 'A'.repeat(43))
      await invalid(browser, back, 'another state')
      const stateless = await begun()
      stateless.back.searchParams.delete('state')
      await invalid(stateless.browser, stateless.back, 'no state')
      const late = await begun()
      await database.owner.query(
        `UPDATE auth_tokens SET created_at = now() - interval '11 minutes', expires_at = now() - interval '1 minute'`,
      )
      await invalid(late.browser, late.back, 'too late')
    })

    test('counts at the provider that was asked', async () => {
      const { browser, back } = await begun()
      back.pathname = back.pathname.replace('/one/', '/two/')
      await invalid(browser, back, 'mixed up')
    })

    test('a code of somebody else’s, a no, or a token that does not hold signs nobody in', async () => {
      const [mine, theirs] = [await begun(), await begun()]
      mine.back.searchParams.set('code', theirs.back.searchParams.get('code')!)
      const swapped = { browser: mine.browser, reply: await mine.browser.comeBack(mine.back) }
      refused(swapped, 401, 'auth.provider_refused', 'PKCE and nonce tie a code to who asked for it')
      const browser = oidcBrowser(app)
      const denied = await one.deny((await browser.begin('one')).body.url)
      refused({ browser, reply: await browser.comeBack(denied) }, 401, 'auth.provider_refused')
      one.lie((claims) => ({ claims: { ...claims, aud: 'somebody else' } }))
      try {
        const person = somebody()
        refused(await enter(person), 401, 'auth.provider_refused')
        assert.deepEqual(await accountsOf(person.email), [])
      } finally {
        one.lie(undefined)
      }
    })

    test('a browser is shown the page that says why', async () => {
      const { back } = await begun()
      const reply = await clientOf(app).get(back.pathname + back.search, { accept: 'text/html' })
      const page = `${site}/sign-in?refused=auth.authorization_invalid`
      assert.deepEqual([reply.status, reply.headers.location], [303, page])
    })

    test('nobody gets an account who has not agreed to the terms', async () => {
      const person = somebody()
      const browser = oidcBrowser(app)
      const { body } = await browser.begin('one', { path: '/api/v1/auth/oidc/one/authorizations' })
      const reply = await browser.comeBack(await one.approve(body.url, person))
      refused({ browser, reply }, 422, 'legal.acceptance_required')
      assert.deepEqual(await accountsOf(person.email), [])
    })

    test('ends the session that the browser held, which somebody may have planted', async () => {
      const { browser: planted } = await enter(somebody())
      const { browser, back } = await begun()
      browser.cookies.set('bcn_session', planted.token()!)
      assert.equal((await browser.comeBack(back)).status, 303)
      assert.notEqual(browser.token(), planted.token())
      assert.equal((await clientOf(app, planted.token()!).get('/api/v1/me')).status, 401)
    })

    test('leads to a page of ours, and to no other site', async () => {
      const browser = oidcBrowser(app)
      const { body } = await browser.begin('one', { returnTo: '/programs/lead?tab=1#part-2' })
      const reply = await browser.comeBack(await one.approve(body.url, somebody()))
      assert.equal(reply.headers.location, `${site}/programs/lead?tab=1#part-2`)
      for (const returnTo of [
        '//evil.example',
        '/\\evil.example',
        '/%2f%2fevil.example',
        'https://evil.example',
      ]) {
        const refusal = await oidcBrowser(app).begin('one', { returnTo })
        assert.deepEqual([refusal.status, refusal.body.code], [400, 'auth.return_to_invalid'], returnTo)
      }
    })
  })

  test('binds the answer by a cookie that scripts cannot read, over https for this very host', async () => {
    const plain = await oidcBrowser(app).begin('one')
    assert.match(
      String(plain.headers['set-cookie']),
      /^bcn_oidc=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    const secure = await startApp(database, {
      env: { OIDC_PROVIDERS: 'one', ...variables('ONE', one), PUBLIC_URL: 'https://learn.example.org' },
    })
    try {
      const { headers, body } = await oidcBrowser(secure).begin('one')
      assert.match(
        String(headers['set-cookie']),
        /^__Host-bcn_oidc=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
      )
      const { searchParams } = new URL(body.url)
      assert.equal(
        searchParams.get('redirect_uri'),
        'https://learn.example.org/api/v1/auth/oidc/one/callback',
      )
      assert.equal(searchParams.get('code_challenge_method'), 'S256')
    } finally {
      await secure.close()
    }
  })

  test('a provider that is away, or none, is told apart', async () => {
    const browser = oidcBrowser(app)
    const back = await two.approve((await browser.begin('two')).body.url, somebody())
    await two.down()
    try {
      refused({ browser, reply: await browser.comeBack(back) }, 503, 'auth.provider_unavailable')
    } finally {
      await two.up()
    }
    const reply = await browser.begin('three')
    assert.deepEqual([reply.status, reply.body.code], [404, 'provider.not_found'])
    assert.equal((await enter(somebody(), 'two')).reply.status, 303)
  })
})
