import pg from 'pg'

/** A connection of the owner's for the load: nothing of it need be durable before the end, and sorts have room. */
export async function openSession(ownerUrl: string): Promise<pg.Client> {
  const owner = new pg.Client({ connectionString: ownerUrl, application_name: 'bcn generate' })
  // A connection lost in the middle is reported by the statement that meets it.
  owner.on('error', () => {})
  await owner.connect()
  await owner.query(SETTINGS.map(([name, value]) => `SET ${name} = '${value}'`).join(';'))
  return owner
}

const SETTINGS = [
  ['timezone', 'UTC'],
  ['statement_timeout', '0'],
  ['idle_in_transaction_session_timeout', '0'],
  ['lock_timeout', '60s'],
  ['synchronous_commit', 'off'],
  ['work_mem', '128MB'],
  ['maintenance_work_mem', '384MB'],
  // Two indexes are built at the same time; helpers of one would only take turns with the other.
  ['max_parallel_maintenance_workers', '0'],
] as const
