import pg from 'pg'

export const DATABASE = 'brandcoach'
/** Owns the database and runs the migrations. No superuser, as in production. */
export const OWNER = 'brandcoach_owner'

/**
 * What only the superuser can do, and nothing else: the owner role, its database, the one extension that is not
 * trusted. Safe to repeat, so that a start that was cut short is finished by the next one.
 */
export async function prepareDatabase(superUrl: string, ownerPassword: string): Promise<void> {
  await asSuperuser(superUrl, 'postgres', async (client) => {
    await createOwner(client, ownerPassword)
    const { rows } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE])
    if (rows.length === 0) await client.query(`CREATE DATABASE ${DATABASE} OWNER ${OWNER}`)
    await client.query(`REVOKE TEMPORARY ON DATABASE ${DATABASE} FROM PUBLIC`)
  })
  await asSuperuser(superUrl, DATABASE, (client) =>
    client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements'),
  )
}

async function createOwner(client: pg.Client, password: string): Promise<void> {
  const { rows } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [OWNER])
  if (rows.length > 0) return
  await client.query(`CREATE ROLE ${OWNER} LOGIN CREATEROLE PASSWORD ${pg.escapeLiteral(password)}`)
  // So that the operator's commands can read the statistics of all sessions.
  await client.query(`GRANT pg_monitor TO ${OWNER} WITH ADMIN OPTION`)
}

async function asSuperuser(
  superUrl: string,
  database: string,
  work: (client: pg.Client) => Promise<unknown>,
) {
  const url = new URL(superUrl)
  url.pathname = `/${database}`
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
