import { PASSWORD } from '../../src/ops/generate/rows/people.ts'
import type { Tokens } from './patterns.ts'
import type { Subjects } from './subjects.ts'

/** Signs every member in through the API, as anybody would; bearer tokens by user id. */
export async function signInAll(url: string, { members }: Subjects): Promise<Tokens> {
  const tokens = new Map<string, string>()
  for (const { user_id, email } of members) {
    const reply = await fetch(`${url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: PASSWORD, session: 'token' }),
    })
    if (!reply.ok) throw new Error(`${email} could not sign in: ${reply.status} ${await reply.text()}`)
    const { token } = (await reply.json()) as { token: string }
    tokens.set(user_id, token)
  }
  return tokens
}
