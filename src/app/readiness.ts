import { readdirSync } from 'node:fs'
import path from 'node:path'
import { NotReady, type ReadinessCheck } from '../platform/http/index.ts'
import type { Services } from '../platform/services.ts'

const MIGRATIONS = path.join(import.meta.dirname, '../../db/migrations')
const APPLIED = {
  name: 'applied_migrations',
  text: 'select coalesce(max(version), 0)::text from public.schema_migrations',
}

/** Ready = requests can be answered: the database is there, with this code's tables. Without the cache reads go on. */
export function readinessOf({ db, cache }: Services): readonly ReadinessCheck[] {
  const expected = newestMigration()
  return [
    { name: 'database', check: () => db.ping() },
    {
      name: 'migrations',
      async check() {
        const applied = Number(await db.text(APPLIED, []))
        // A newer database is fine: the next version of the code migrates before it replaces this one.
        if (applied < expected) throw new NotReady(`at ${applied}, expected ${expected}`)
      },
    },
    { name: 'cache', required: false, check: () => cache.ping() },
  ]
}

function newestMigration(): number {
  return Math.max(0, ...readdirSync(MIGRATIONS).map((name) => Number(/^V(\d+)__/.exec(name)?.[1] ?? 0)))
}
