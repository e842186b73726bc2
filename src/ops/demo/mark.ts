import type pg from 'pg'

/** What everybody in the demo world signs in with. */
export const DEMO_PASSWORD = 'BrandCoach-demo-2026'
/** The setting that remembers the accounts to show: role → user id. */
export const DEMO_MARK = 'demo.loaded'

export async function hasUsers(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>('SELECT EXISTS (SELECT FROM users) AS found')
  return rows[0]?.found === true
}
