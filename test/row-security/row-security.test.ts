import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { servers } from '../../src/testing/servers.ts'
import type { Attempt } from './attempts.ts'
import { prepareSuite, type Suite } from './suite.ts'

for (const server of await servers())
  describe(`row security on PostgreSQL ${server.version}`, () => {
    let suite: Suite
    before(async () => {
      suite = await prepareSuite(server)
    })
    after(() => suite.close())

    test('gives each person what is theirs and refuses the rest', async (t) => {
      const leaks: string[] = []
      const lacks: string[] = []
      const count = { attempts: 0, refused: 0, allowed: 0 }
      for (const attempt of suite.attempts) {
        const came = await suite.prober.isAllowed(attempt)
        count.attempts++
        if (came) count.allowed++
        else count.refused++
        if (came !== attempt.allowed) (came ? leaks : lacks).push(attempt.title)
      }
      t.diagnostic(
        `row security on PostgreSQL ${server.version}: ${count.attempts} attempts, ${count.refused} refused, ${count.allowed} allowed and done, ${leaks.length} leaks`,
      )
      assert.deepEqual({ leaks, lacks }, { leaks: [], lacks: [] })
    })

    test('is tried on every table that has it', async () => {
      const { rows } = await suite.database.owner.query<{ name: string }>(`
      SELECT c.oid::regclass::text AS name FROM pg_class c
      WHERE c.relrowsecurity AND NOT c.relispartition AND c.relnamespace IN ('public'::regnamespace, 'analytics'::regnamespace)`)
      const tried = new Set(suite.attempts.map((attempt: Attempt) => attempt.table))
      assert.deepEqual([...tried].sort(), rows.map(({ name }) => name).sort())
    })
  })
