import assert from 'node:assert/strict'
import type pg from 'pg'
import type { TestApp } from './app.ts'
import { type Authenticator, createAuthenticator } from './authenticator.ts'
import { type Client, clientOf, signedIn } from './client.ts'
import { makeUser, type TestUser } from './factories.ts'

type Creation = Parameters<Authenticator['create']>[0]
export type Passkey = {
  readonly passkey_id: string
  readonly name: string
  readonly backed_up: boolean
  readonly last_used_at: string | null
}
export type AddedPasskey = {
  readonly passkey: Passkey
  readonly recovery_codes: string[] | null
  readonly session: { readonly user_id: string; readonly token: string }
  readonly code?: string
}
export type Holder = {
  readonly user: TestUser
  readonly device: Authenticator
  /** With the session that took the place of `old`'s when the key was added. */
  readonly client: Client
  readonly old: Client
  readonly added: AddedPasskey
}

/** What a browser on our site would answer to. */
export const testOrigin = 'http://localhost:3000'

export async function creationChallenge(client: Client): Promise<Creation> {
  const reply = await client.post<Creation>('/api/v1/me/passkeys/challenges')
  assert.equal(reply.status, 201, reply.text)
  return reply.body
}

export function offerPasskey(client: Client, response: object, name = 'Phone') {
  return client.post<AddedPasskey>('/api/v1/me/passkeys', { response, name })
}

/** Someone with a passkey on a device of theirs. */
export async function passkeyHolder(
  app: TestApp,
  owner: pg.Pool,
  {
    user,
    device = createAuthenticator({ origin: testOrigin }),
  }: { user?: TestUser; device?: Authenticator } = {},
): Promise<Holder> {
  const person = user ?? (await makeUser(owner))
  const old = await signedIn(app, person)
  const reply = await offerPasskey(old, device.create(await creationChallenge(old)))
  assert.equal(reply.status, 201, reply.text)
  return { user: person, device, old, client: clientOf(app, reply.body.session.token), added: reply.body }
}
