import path from 'node:path'
import pg from 'pg'
import { joinAsOwner } from '../platform/db/open.ts'
import { OperatorError } from '../platform/errors.ts'
import { explain } from './as-owner.ts'
import type { Content } from './demo/content.ts'
import { DEMO_MARK, DEMO_PASSWORD, hasUsers } from './demo/mark.ts'
import type { OpsCommand, OpsContext } from './index.ts'

const FOLDER = path.join(import.meta.dirname, '../../db/demo')

export type DemoAccount = { readonly role: string; readonly email: string; readonly password: string }

/** For `start`: the demo world in a database that has nobody yet, and the accounts to show as long as they exist. */
export const demo = {
  loadIfEmpty: ({ ownerUrl }: { ownerUrl: string }): Promise<boolean> =>
    asOwner(ownerUrl, async (client) => {
      if (await hasUsers(client)) return false
      // Not at every start: twenty modules are read for it.
      return (await import('./demo/load.ts')).loadWorld(client, await readFolder())
    }),
  accounts: ({ ownerUrl }: { ownerUrl: string }): Promise<DemoAccount[]> => asOwner(ownerUrl, shownAccounts),
}

export const demoCommand: OpsCommand = {
  summary: 'load the demo world into an empty database (dry run: what it would load)',
  async run(context) {
    if (context.config.env === 'production') {
      throw new OperatorError('the demo world has passwords that everybody knows: not in production')
    }
    const content = await readFolder()
    const database = await joinAsOwner(context.config, context.log)
    try {
      await asOwner(database.ownerUrl, async (client) => {
        if (await hasUsers(client)) throw notEmpty()
        if (!context.yes) return tell(content, context)
        const { loadWorld } = await import('./demo/load.ts')
        if (!(await loadWorld(client, content))) throw notEmpty()
        context.print('the demo world is loaded')
        for (const { role, email, password } of await shownAccounts(client)) {
          context.print(`  ${role.padEnd(12)} ${email.padEnd(24)} ${password}`)
        }
      }).catch(explain)
    } finally {
      await database.stop()
    }
  },
}

async function readFolder(): Promise<Content> {
  return (await import('./demo/content.ts')).readContent(FOLDER)
}

function tell(content: Content, { print }: OpsContext): void {
  for (const [name, rows] of Object.entries(content)) {
    if (Array.isArray(rows)) print(`  ${String(rows.length).padStart(3)} ${name}`)
  }
  print('nothing was changed; add --yes to load')
}

function notEmpty(): OperatorError {
  return new OperatorError('the database has users: the demo world goes into an empty one only')
}

/** In the order of what they may do. An account that is gone, or no longer active, is not shown. */
async function shownAccounts(client: pg.ClientBase): Promise<DemoAccount[]> {
  const { rows } = await client.query<{ role: string; email: string }>(
    `SELECT a.role, u.email
     FROM system_settings s, jsonb_each_text(s.setting_value) AS a(role, user_id)
     JOIN users u ON u.user_id = a.user_id::uuid AND u.status = 'active'
     WHERE s.setting_key = $1
     ORDER BY array_position(ARRAY['member', 'coach', 'partner', 'admin', 'super_admin'], a.role)`,
    [DEMO_MARK],
  )
  return rows.map((row) => ({ ...row, password: DEMO_PASSWORD }))
}

async function asOwner<T>(ownerUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'bcn demo' })
  client.on('error', () => {}) // Told by the statement that meets it.
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
