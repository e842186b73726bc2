import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { createEmptyDatabase, type TestDatabase } from '../../testing/database.ts'
import { forEachServer } from '../../testing/servers.ts'
import { migrate, pendingMigrations } from './migrate.ts'

const OURS = join(import.meta.dirname, '../../../db')

test('our migrations make an empty database whole, once, on every server at hand', () =>
  forEachServer(async (server) => {
    const house = await createEmptyDatabase(server)
    try {
      const { ownerUrl, appUrl, workerUrl } = house
      const seen: string[] = []
      const options = { dir: OURS, appUrl, workerUrl, onApply: (name: string) => seen.push(name) }
      const pending = await pendingMigrations(ownerUrl, { dir: OURS })
      const [first, second] = await Promise.all([migrate(ownerUrl, options), migrate(ownerUrl, options)])
      assert.deepEqual(
        [first, second].sort((a, b) => b.length - a.length),
        [pending, []],
      )
      assert.deepEqual(seen, pending)
      assert.deepEqual(await migrate(ownerUrl, options), [])
      await house.db.ping()
      await house.workerDb.ping()
      assert.deepEqual(await excessRights(house), [])
    } finally {
      await house.close()
    }
  }))

let house: TestDatabase
let dir: string

before(async () => {
  house = await createEmptyDatabase()
  dir = mkdtempSync(join(tmpdir(), 'bcn-migrations-'))
  cpSync(join(OURS, 'roles.sql'), join(dir, 'roles.sql'))
  cpSync(join(OURS, 'queue.sql'), join(dir, 'queue.sql'))
  mkdirSync(join(dir, 'migrations'))
  write('V001__first.sql', 'create table first (id int);\ninsert into first values (1);')
  assert.deepEqual(await run(), ['V001__first.sql'])
})

after(async () => {
  rmSync(dir, { recursive: true })
  await house.close()
})

test('a failure names file, line, statement and reason, and nothing of the file stays', async () => {
  write(
    'V002__bad.sql',
    `create table half (id int);\n-- and then\nselect 1,\n  missing\nfrom half;\ncreate table rest ();`,
  )
  await assert.rejects(run(), {
    name: 'MigrationError',
    message: 'V002__bad.sql, line 4: column "missing" does not exist (42703): select 1, missing from half',
  })
  assert.equal(await exists('half'), false)
  write('V002__bad.sql', 'create table first (id int);')
  await assert.rejects(
    run(),
    /^MigrationError: V002__bad.sql, line 1: relation "first" already exists \(42P07\): create table/,
  )
  remove('V002__bad.sql')
})

test('a file that was applied may not change', async () => {
  write('V001__first.sql', 'create table first (id bigint);')
  const refused = /^MigrationError: V001__first.sql was changed after it was applied/
  await assert.rejects(run(), refused)
  await assert.rejects(pendingMigrations(house.ownerUrl, { dir }), refused)
  write('V001__first.sql', 'create table first (id int);\r\ninsert into first values (1);')
  assert.deepEqual(await run(), [], 'line ends are no change')
})

test('a database newer than the code, or with a migration the code lost, is refused', async () => {
  await house.owner.query(`insert into schema_migrations values (9, 'V009__later.sql', '', now(), 0)`)
  await assert.rejects(run(), /the database has V009__later.sql, which is newer than this code/)
  write('V010__mine.sql', 'select 1')
  await assert.rejects(run(), /V009__later.sql was applied to the database but its file is gone/)
  remove('V010__mine.sql')
  await house.owner.query('delete from schema_migrations where version = 9')
})

test('a file numbered before an applied one is refused, and so is a version that is there twice', async () => {
  write('V000__earlier.sql', 'select 1')
  await assert.rejects(run(), /V000__earlier.sql comes before version 1/)
  remove('V000__earlier.sql')
  write('V001__again.sql', 'select 1')
  await assert.rejects(run(), /version 1 is there twice/)
  remove('V001__again.sql')
  write('oops.sql', 'select 1')
  await assert.rejects(run(), /oops.sql: expected a name such as/)
  remove('oops.sql')
})

test('a file without a transaction runs statement by statement and may be run again after a failure', async () => {
  const build = `-- migrate: no-transaction\ndrop index concurrently if exists once;\ncreate unique index concurrently once on first(id);\n`
  await house.owner.query('insert into first values (1)')
  write('V002__index.sql', `${build}select ';' as "do $$;$$";`)
  await assert.rejects(run(), /V002__index.sql, line 3: could not create unique index "once" \(23505\)/)
  await house.owner.query('delete from first')
  assert.deepEqual(await run(), ['V002__index.sql'])
  assert.equal(await exists('once'), true)
})

test('a migration does not wait long for a lock that somebody holds', async () => {
  write('V003__column.sql', 'alter table first add column n int;')
  const reader = await house.owner.connect()
  await reader.query('begin; select * from first')
  try {
    await assert.rejects(run(), /V003__column.sql, line 1: canceling statement due to lock timeout \(55P03\)/)
  } finally {
    await reader.query('rollback')
    reader.release()
  }
  assert.deepEqual(await run(), ['V003__column.sql'])
})

test('an owner who may not alter the roles goes on when they have what is needed', async () => {
  const { superUrl, server } = house
  if (!superUrl) return // On a given server we are no superuser, and cannot make such an owner.
  const role = `bcn_poor_${process.pid}`
  const poor = new URL(house.ownerUrl)
  poor.username = role
  const database = `${house.name}_poor`
  await asSuper(superUrl, `create role ${role} login password '${poor.password}'`)
  await asSuper(superUrl, `create database ${database} owner ${role} template template0`)
  poor.pathname = `/${database}`
  try {
    const options = { dir, appUrl: server.appUrl, workerUrl: server.workerUrl }
    assert.equal((await migrate(poor.href, options)).length, 3)
    const wrong = new URL(server.appUrl)
    wrong.password = 'another'
    await assert.rejects(
      migrate(poor.href, { dir, appUrl: wrong.href }),
      /role app_user refuses the password/,
    )
  } finally {
    await asSuper(superUrl, `drop database ${database} with (force)`)
    await asSuper(superUrl, `drop role ${role}`)
  }
})

test('the worker reaches the job queue, the app does not', async () => {
  const count = { name: 'jobs', text: 'select count(*) from graphile_worker._private_jobs' }
  await house.owner.query(`select graphile_worker.add_job('test.do_nothing.v1')`)
  assert.equal(await house.workerDb.text(count, []), '1')
  await assert.rejects(house.db.text(count, []), /permission denied for schema graphile_worker/)
})

const run = () =>
  migrate(house.ownerUrl, { dir, appUrl: house.appUrl, workerUrl: house.workerUrl, lockTimeoutMs: 200 })

function write(name: string, text: string): void {
  writeFileSync(join(dir, 'migrations', name), text)
}

function remove(name: string): void {
  rmSync(join(dir, 'migrations', name))
}

async function exists(relation: string): Promise<boolean> {
  const { rows } = await house.owner.query('select to_regclass($1) as found', [relation])
  return rows[0].found !== null
}

async function excessRights(of: TestDatabase): Promise<unknown[]> {
  const { rows } = await of.owner.query(`
    select rolname from pg_roles
    where rolname in ('app_user', 'app_worker', 'analytics_user', 'admin_user') and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)
    union all
    select relname from pg_class where relowner::regrole::text in ('app_user', 'app_worker', 'analytics_user', 'admin_user')`)
  return rows
}

async function asSuper(url: string, statement: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  await client.query(statement)
  await client.end()
}
