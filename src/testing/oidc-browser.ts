import assert from 'node:assert/strict'
import type { TestApp } from './app.ts'
import { accepted, clientOf, type Reply } from './client.ts'
import type { Person, TestProvider } from './oidc-provider.ts'

/** A browser that signs in with a provider: it keeps cookies, as a browser does, and nothing else. */
export type OidcBrowser = {
  readonly cookies: Map<string, string>
  /** Begins at `/auth/oidc/<name>/authorizations`, or where the path says. */
  begin(
    name: string,
    options?: { returnTo?: string; path?: string },
  ): Promise<Reply<{ url: string; code?: string }>>
  /** Comes back to us with what the provider gave. */
  comeBack(to: URL): Promise<Reply<{ code: string } | undefined>>
  /** All of it. */
  signIn(name: string, provider: TestProvider, person: Person): Promise<Reply<{ code: string } | undefined>>
  /** The token of the session that the browser holds. */
  token(): string | undefined
}

export function oidcBrowser(app: TestApp): OidcBrowser {
  const cookies = new Map<string, string>()
  const client = clientOf(app)
  const headers = () => ({
    'sec-fetch-site': 'same-origin',
    ...(cookies.size > 0 && { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
  })
  const keep = <T>(reply: Reply<T>): Reply<T> => {
    const lines = [reply.headers['set-cookie'] ?? []].flat().map(String)
    for (const line of lines) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '' || /max-age=0(;|$)/i.test(line)) cookies.delete(name)
      else cookies.set(name, value)
    }
    return reply
  }
  const browser: OidcBrowser = {
    cookies,
    async begin(name, { returnTo, path } = {}) {
      const body = { ...(returnTo !== undefined && { return_to: returnTo }), ...(path ? {} : { accepted }) }
      return keep(await client.post(path ?? `/api/v1/auth/oidc/${name}/authorizations`, body, headers()))
    },
    comeBack: async (to) => keep(await client.get(to.pathname + to.search, headers())),
    async signIn(name, provider, person) {
      const begun = await browser.begin(name)
      assert.equal(begun.status, 201, begun.text)
      return browser.comeBack(await provider.approve(begun.body.url, person))
    },
    token: () => cookies.get('bcn_session'),
  }
  return browser
}
