import pg from 'pg'

/** The same server and role, another database. */
export function onDatabase(url: string, database: string): string {
  const changed = new URL(url)
  changed.pathname = `/${database}`
  return changed.href
}

/** One connection for the length of `work`. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'bcn test house' })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
