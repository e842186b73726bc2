import type pg from 'pg'

/** A policy, with its exact definition, so that it can be taken away and put back. */
export type Policy = {
  readonly name: string
  readonly table: string
  readonly command: 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE' | 'ALL'
  readonly role: string
  readonly using: string | null
  readonly check: string | null
}

export async function policiesOf(owner: pg.Pool): Promise<Policy[]> {
  const { rows } = await owner.query<Policy>(`
    SELECT quote_ident(policyname) AS name, format('%I.%I', schemaname, tablename)::regclass::text AS "table",
      cmd AS command, array_to_string(roles, ', ') AS role, qual AS "using", with_check AS "check"
    FROM pg_policies WHERE schemaname IN ('public', 'analytics') ORDER BY 2, 1`)
  return rows
}

export function dropPolicy({ name, table }: Policy): string {
  return `DROP POLICY ${name} ON ${table}`
}

export function createPolicy({ name, table, command, role, using, check }: Policy): string {
  const clauses = [using && `USING (${using})`, check && `WITH CHECK (${check})`].filter(Boolean).join(' ')
  return `CREATE POLICY ${name} ON ${table} FOR ${command} TO ${role} ${clauses}`
}

const STAFF_ONLY = '( SELECT actor_is_staff() AS actor_is_staff)'
/** The app may not change the columns that say whose a row is, so a changed row stays whose it was. */
const CHECKS_NOTHING_MORE = [
  'messages_change',
  'partner_members_change',
  'user_profiles_change',
  'user_skills_change',
]

/** The ways to let everyone through: the whole door, and the check of what a row becomes alone. */
export function openings(policy: Policy): Policy[] {
  const { name, command, using } = policy
  const changes = command === 'UPDATE' || command === 'ALL'
  const check = policy.check ?? (changes ? using : null)
  const opened: Policy[] = []
  if (using !== null && using !== 'true') opened.push({ ...policy, using: 'true', check: check && 'true' })
  if (check === null || check === 'true' || using === STAFF_ONLY || CHECKS_NOTHING_MORE.includes(name))
    return opened
  return [...opened, { ...policy, check: 'true' }]
}
