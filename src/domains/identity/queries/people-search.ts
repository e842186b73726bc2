import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'
import type { RoleName } from './roles.ts'

export type PersonFound = {
  user_id: string
  email: string
  username: string | null
  full_name: string
  status: string
  roles: RoleName[]
  last_login: string | null
  created_at: string | null
}

export type PeopleFilter = { readonly status?: string | undefined; readonly role?: string | undefined }

/** Only those who came before this one; the newest first, so many. */
export type Place = { readonly before: string; readonly show: number }

/** So many of the newest are looked through before the index is asked: what half the platform has in its address is found there. */
const NEAR = 1000

/** The newest people of a status and a role. */
export async function newestPeople(
  db: Db,
  filter: PeopleFilter,
  { before, show }: Place,
): Promise<PersonFound[]> {
  const { rows } = await sql<PersonFound>`${withRoles(newest(filter, before, show))}`.execute(db)
  return rows
}

/**
 * Of the thousand newest of a status and a role, those whose address, name or username holds the words: 2 ms, however few
 * that are. `isAll`: there are no others of that status and role to be looked through.
 */
export async function matchesNear(
  db: Db,
  words: string,
  filter: PeopleFilter,
  { before, show }: Place,
): Promise<{ people: PersonFound[]; isAll: boolean }> {
  const found = sql`SELECT * FROM near p WHERE ${matching(words)} ORDER BY p.user_id DESC LIMIT ${show}`
  const { rows } = await sql<{ people: PersonFound[]; isAll: boolean }>`
    WITH near AS MATERIALIZED (${newest(filter, before, NEAR)})
    SELECT (SELECT coalesce(json_agg(one), '[]') FROM (${withRoles(found)}) one) AS people,
      (SELECT count(*) < ${NEAR} FROM near) AS "isAll"`.execute(db)
  return rows[0] ?? { people: [], isAll: true }
}

/** All those, by idx_users_search. The CTE keeps the planner from walking everybody in the order of the list instead. */
export async function matches(
  db: Db,
  words: string,
  { status, role }: PeopleFilter,
  { before, show }: Place,
): Promise<PersonFound[]> {
  const holding =
    role === undefined
      ? sql``
      : sql`AND EXISTS (SELECT FROM user_roles held WHERE held.user_id = p.user_id AND ${inForce(role)})`
  const found = sql`SELECT * FROM found ORDER BY user_id DESC LIMIT ${show}`
  const { rows } = await sql<PersonFound>`
    WITH found AS MATERIALIZED (
      SELECT ${COLUMNS} FROM people_for_staff p
      WHERE ${matching(words)} AND p.user_id < ${before} ${ofStatus(status)} ${holding})
    ${withRoles(found)}`.execute(db)
  return rows
}

const COLUMNS = sql`p.user_id, p.email, p.username, p.full_name, p.status, p.last_login, p.created_at, p.search_text`

/** Walks users from the newest, or those who hold the role. */
function newest({ status, role }: PeopleFilter, before: string, most: number) {
  const from =
    role === undefined
      ? sql`people_for_staff p WHERE true`
      : sql`user_roles held JOIN people_for_staff p USING (user_id) WHERE ${inForce(role)}`
  return sql`
    SELECT ${COLUMNS} FROM ${from} AND p.user_id < ${before} ${ofStatus(status)} ORDER BY p.user_id DESC LIMIT ${most}`
}

function withRoles(page: RawBuilder<unknown>) {
  return sql`
    SELECT page.user_id, page.email, page.username, page.full_name, page.status, page.last_login, page.created_at, (
      SELECT coalesce(json_agg(held.role_name ORDER BY held.role_name), '[]') FROM user_roles held
      WHERE held.user_id = page.user_id AND ${IN_FORCE}) AS roles
    FROM (${page}) page ORDER BY page.user_id DESC`
}

const IN_FORCE = sql`held.revoked_at IS NULL AND held.valid_from <= now() AND (held.expires_at IS NULL OR held.expires_at > now())`

// Words of a closed list stand in the text itself, so that the planner knows how rare they are.
function inForce(role: string) {
  return sql`held.role_name = ${sql.lit(role)} AND ${IN_FORCE}`
}

function ofStatus(status: string | undefined) {
  return status === undefined ? sql`` : sql`AND p.status = ${sql.lit(status)}`
}

/** To the letter: what LIKE would take for a pattern is escaped. */
function matching(words: string) {
  return sql`p.search_text LIKE '%' || fold_text(${words.replaceAll(/[\\%_]/g, '\\$&')}) || '%'`
}
