import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseMigration, readMigrations } from './migration-files.ts'
import { lintMigrations } from './migration-lint.ts'

const HEAD = '-- Why: a test.\n-- Locks: none.\n'
const faults = (script: string) => lintMigrations([parseMigration('V099__test.sql', `${HEAD}\n${script}`)])

test('our migrations block nobody, or say why that is safe', () => {
  assert.deepEqual(lintMigrations(readMigrations(join(import.meta.dirname, '../../../db/migrations'))), [])
})

const blocking = [
  'create index i on users(email)',
  'create unique index if not exists i on public.users(email)',
  'drop index i',
  'reindex table users',
  'cluster users using i',
  'vacuum (full, analyze) users',
  'lock table users',
  'truncate users',
  'drop table users',
  'alter table users add column token uuid not null default gen_random_uuid()',
  'alter table users add column n int generated always as (1) stored',
  'alter table users alter column email set not null',
  'alter table only users alter column email type text',
  'alter table users alter email set data type text',
  'alter table users add constraint c check (email <> $$$$)',
  'alter table users add constraint f foreign key (a) references b(a)',
  'alter table users add constraint u unique (a)',
  'alter table users add column b_id uuid references b(id)',
  'alter table users drop column email',
  'alter table if exists "users" rename column email to mail',
  'alter table users rename to people',
  'alter table users attach partition p for values in (1)',
]

for (const statement of blocking) {
  test(`refuses on a live table: ${statement}`, () => {
    assert.equal(faults(`${statement};`).length, 1)
    assert.match(faults(`select 1;\n${statement};`)[0] ?? '', /^V099__test\.sql:5: \S/)
    assert.deepEqual(faults(`-- safe: the table is empty\n${statement};`), [])
    if (statement.includes('table') && !statement.startsWith('reindex')) {
      assert.deepEqual(faults(`create table users (id int);\n${statement};`), [])
    }
  })
}

const harmless = [
  'alter table users add column nickname text',
  'alter table users add column active boolean not null default true',
  `alter table users add column at timestamptz default now()`,
  `alter table users add column tags jsonb default '[]'`,
  'alter table users add constraint c check (n > 0) not valid',
  'alter table users validate constraint c',
  'alter table users add constraint u unique using index i',
  'alter table users alter column email drop not null',
  'alter table users drop constraint c',
  'alter table users enable row level security',
  'alter table users set (fillfactor = 80)',
  'create table t (id int references users(id), n int not null, check (n > 0))',
]

for (const statement of harmless) {
  test(`lets pass: ${statement}`, () => assert.deepEqual(faults(`${statement};`), []))
}

test('a file must say why and what it locks in its first lines', () => {
  assert.equal(lintMigrations([parseMigration('V099__test.sql', 'select 1;')]).length, 2)
})

test('a concurrent index must be dropped first, so that the file can run again after a failure', () => {
  const marker = '-- migrate: no-transaction\n'
  const create = 'create index concurrently i on users(email);'
  assert.match(faults(marker + create)[0] ?? '', /invalid index/)
  assert.deepEqual(faults(`${marker}drop index concurrently if exists i;\n${create}`), [])
})
