import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import pg from 'pg'
import { exponentOf } from '../src/platform/money.ts'
import { createTestDatabase, type TestDatabase } from '../src/testing/database.ts'
import { servers } from '../src/testing/servers.ts'
import { buildWorld, type World } from './row-security/world.ts'

for (const server of await servers())
  describe(`the schema's own rules on PostgreSQL ${server.version}`, () => {
    let database: TestDatabase
    let world: World
    let client: pg.Client
    before(async () => {
      database = await createTestDatabase(server)
      world = await buildWorld(database.owner)
      client = new pg.Client({
        connectionString: database.ownerUrl,
        types: { getTypeParser: () => (value: string) => value },
      })
      await client.connect()
    })
    after(async () => {
      await client.end()
      await database.close()
    })
    beforeEach(async () => void (await client.query('ROLLBACK; BEGIN')))

    describe('uuid_v7', () => {
      test('carries its version, its variant and its millisecond', async () => {
        const [made] = await rows<{ id: string; off: string }>(
          `SELECT id, abs(extract(epoch FROM clock_timestamp() - uuid_v7_time(id))) AS off FROM (SELECT uuid_v7() AS id OFFSET 0) m`,
        )
        assert.match(made?.id ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
        assert.ok(Number(made?.off) < 1, `${made?.off} seconds off`)
      })

      test('is unique, and sorts by the millisecond that it was made in', async () => {
        const [counted] = await rows<{ ids: string; unsorted: string }>(`
          WITH made AS MATERIALIZED (SELECT n, uuid_v7() AS id FROM generate_series(1, 20000) n),
          ordered AS (SELECT uuid_v7_time(id) < lag(uuid_v7_time(id)) OVER (ORDER BY n) AS before FROM made)
          SELECT (SELECT count(DISTINCT id) FROM made) AS ids, (SELECT count(*) FROM ordered WHERE before) AS unsorted`)
        assert.deepEqual(counted, { ids: '20000', unsorted: '0' })
      })
    })

    describe('updated_at', () => {
      const long = `'2020-01-01 00:00:00+00'`
      const moved = async (change: string) => {
        await client.query(
          `ALTER TABLE posts DISABLE TRIGGER USER; UPDATE posts SET updated_at = ${long}; ALTER TABLE posts ENABLE TRIGGER USER`,
        )
        await client.query(`UPDATE posts SET ${change}`)
        const [row] = await rows<{ moved: string }>(`SELECT (updated_at > ${long})::text AS moved FROM posts`)
        return row?.moved
      }
      test('moves with an edit', async () => assert.equal(await moved(`content = 'Edited'`), 'true'))
      test('stays with a counter', async () =>
        assert.equal(await moved('like_count = 9, view_count = view_count + 1'), 'false'))
      test('stays when nothing changed', async () => assert.equal(await moved('content = content'), 'false'))
      test('moves when both change', async () =>
        assert.equal(await moved(`content = 'Edited', like_count = 10`), 'true'))
    })

    describe('grants of a role', () => {
      const grant = (values: string) =>
        `INSERT INTO user_roles (user_id, role_name, valid_from, expires_at) VALUES ('${world.friend}', 'coach', ${values})`

      test('cannot overlap', async () => {
        await client.query(grant(`now(), NULL`))
        await refused(grant(`now() + interval '1 year', NULL`), /one_grant_at_a_time/)
      })
      test('may follow each other', async () => {
        await client.query(grant(`now(), now() + interval '1 day'`))
        await client.query(grant(`now() + interval '1 day', NULL`))
      })
      test('free the time that a revocation gives back, also before they began', async () => {
        await client.query(grant(`now() + interval '1 day', NULL`))
        await client.query(
          `UPDATE user_roles SET revoked_at = now() WHERE role_name = 'coach' AND user_id = '${world.friend}'`,
        )
        await client.query(grant(`now() + interval '1 day', NULL`))
      })
      test('cannot end before they begin', () =>
        refused(grant(`now(), now() - interval '1 day'`), /expires_after_start/))
    })

    test('money leaves the database with the digits that the application knows of each currency', async () => {
      const currencies = [...Intl.supportedValuesOf('currency'), 'CLF', 'UYW', 'UYI']
      const made = await rows<{ currency: string; exponent: string }>(
        `SELECT currency, currency_exponent(currency) AS exponent FROM unnest('{${currencies.join()}}'::text[]) AS t(currency)`,
      )
      assert.deepEqual(
        made.filter(({ currency, exponent }) => exponentOf(currency) !== Number(exponent)),
        [],
      )
      assert.ok(made.length > 150)
    })

    test('a person has one live membership, and as many past ones as they like (R14)', async () => {
      const subscribe = (status: string) => `INSERT INTO subscriptions
        (user_id, tier, billing_cycle, amount, current_period_start, current_period_end, status)
        VALUES ('${world.owner}', 'build', 'monthly', 10, now(), now() + interval '1 month', '${status}')`
      for (const past of ['expired', 'cancelled', 'expired']) await client.query(subscribe(past))
      await client.query(subscribe('suspended'))
      for (const live of ['active', 'past_due', 'suspended'])
        await refused(subscribe(live), /one_live_subscription/)
    })

    test('a gateway’s payment is recorded once, and names its gateway (R12)', async () => {
      const pay = (gateway: string, id: string) => `INSERT INTO transactions
        (user_id, amount, transaction_type, payment_method, gateway_name, gateway_transaction_id)
        VALUES ('${world.owner}', 10, 'course', 'mpesa', ${gateway}, ${id})`
      await client.query(pay('NULL', 'NULL'))
      await client.query(pay('NULL', 'NULL'))
      await client.query(pay(`'stripe'`, `'1'`))
      await client.query(pay(`'paystack'`, `'1'`))
      await refused(pay(`'stripe'`, `'1'`), /one_per_gateway_transaction/)
      await refused(pay('NULL', `'1'`), /gateway_named/)
    })

    test('what is deleted takes its reactions along (R26)', async () => {
      await client.query(`INSERT INTO comments (post_id, content) VALUES ('${world.post}', 'Hello')`)
      const react = (
        kind: string,
        id: string,
      ) => `INSERT INTO reactions (user_id, entity_type, entity_id, reaction_type)
        VALUES ('${world.owner}', '${kind}', ${id}, 'like')`
      await client.query(react('post', `'${world.post}'`))
      await client.query(react('comment', '(SELECT comment_id FROM comments)'))
      await client.query(react('project', `'${world.projects.friends}'`))
      await client.query(react('profile', `'${world.coach}'`))
      await client.query(
        `DELETE FROM posts WHERE post_id = '${world.post}'; DELETE FROM projects WHERE project_id = '${world.projects.friends}'`,
      )
      assert.deepEqual(await rows('SELECT entity_type FROM reactions'), [{ entity_type: 'profile' }])
    })

    test('two modules and two lessons swap places within a transaction (R32)', async () => {
      const swap = `UPDATE lessons SET sequence_order = 3 - sequence_order WHERE lesson_id IN ('${world.lessons[0]}', '${world.lessons[1]}')`
      await client.query(swap)
      await client.query('SET CONSTRAINTS ALL DEFERRED')
      const put = (id: string, place: number) =>
        client.query('UPDATE lessons SET sequence_order = $2 WHERE lesson_id = $1', [id, place])
      await put(world.lessons[0], 1)
      await put(world.lessons[1], 2)
      await client.query('SET CONSTRAINTS ALL IMMEDIATE')
      await refused(
        `UPDATE lessons SET sequence_order = 2 WHERE lesson_id = '${world.lessons[0]}'`,
        /sequence_order/,
      )
    })

    test('JSON copies say what their rows say (R7)', async () => {
      const { programs, events, coupon, partners, tags } = world
      const [one, other] = [world.friend, world.coach].sort() as [string, string]
      await client.query(
        `INSERT INTO program_instructors (program_id, user_id) VALUES ('${programs[0]}', '${one}'), ('${programs[0]}', '${other}')`,
      )
      await client.query(`INSERT INTO event_organizers (event_id, user_id) VALUES ('${events[0]}', '${one}')`)
      await client.query(
        `INSERT INTO coupon_items (coupon_id, item_type, item_id) VALUES ('${coupon}', 'program', '${programs[0]}')`,
      )
      await client.query(
        `INSERT INTO partner_programs (partner_id, program_id) VALUES ('${partners.partners}', '${programs[0]}')`,
      )
      await client.query(
        `INSERT INTO user_skills (user_id, tag_id) VALUES ('${world.owner}', '${tags[0]}'), ('${world.owner}', '${tags[1]}')`,
      )
      const copies = `SELECT p.co_instructors, e.co_organizers, c.applicable_items, o.programs_enrolled, u.skills
        FROM programs p, events e, coupons c, partners o, user_profiles u
        WHERE p.program_id = '${programs[0]}' AND e.event_id = '${events[0]}' AND c.coupon_id = '${coupon}'
          AND o.partner_id = '${partners.partners}' AND u.user_id = '${world.owner}'`
      const asJson = (values: unknown[]) => JSON.stringify(values).replaceAll('","', '", "')
      assert.deepEqual(await rows(copies), [
        {
          co_instructors: asJson([one, other]),
          co_organizers: asJson([one]),
          applicable_items: asJson([programs[0]]),
          programs_enrolled: asJson([programs[0]]),
          skills: asJson(['Branding', 'Savings']),
        },
      ])
      await client.query(
        'DELETE FROM program_instructors; DELETE FROM event_organizers; DELETE FROM coupon_items',
      )
      await client.query('DELETE FROM partner_programs; DELETE FROM user_skills')
      assert.deepEqual(Object.values((await rows(copies))[0] ?? {}), [null, null, null, null, null])
    })

    test('a program with enrolments stays; a module or lesson goes though someone stands in it (R36)', async () => {
      await refused(`DELETE FROM programs WHERE program_id = '${world.programs[0]}'`, /enrollments/)
      await client.query(
        `UPDATE enrollments SET current_module_id = '${world.modules[0]}', current_lesson_id = '${world.lessons[0]}' WHERE enrollment_id = '${world.enrollments[0]}'`,
      )
      await client.query(`DELETE FROM modules WHERE module_id = '${world.modules[0]}'`)
      assert.deepEqual(
        await rows(
          `SELECT current_module_id, current_lesson_id FROM enrollments WHERE enrollment_id = '${world.enrollments[0]}'`,
        ),
        [{ current_module_id: null, current_lesson_id: null }],
      )
    })

    test('an address is one person’s whatever its case, and odd but real ones are taken (R16)', async () => {
      const join = (email: string, username: string) =>
        `INSERT INTO users (email, username, full_name) VALUES ('${email}', ${username}, 'Someone')`
      await client.query(join(`o''brien@example.photography`, 'NULL'))
      await client.query(join('someone@example.test', `'Some.One'`))
      await refused(join('Someone@example.test', 'NULL'), /lower_email/)
      await refused(join('someone@example.test', 'NULL'), /users_email_key/)
      await refused(join('other@example.test', `'some.one'`), /users_username_lower_key/)
      for (const wrong of ['nobody', 'a@b', 'a b@example.test', '@example.test', 'a@@example.test'])
        await refused(join(wrong, 'NULL'), /valid_email/)
    })

    test('feedback names the coach of its session (R29)', async () => {
      const judge = (coach: string) =>
        `INSERT INTO session_feedback (session_id, submitted_by, coach_id, rating) VALUES ('${world.sessions[0]}', '${world.owner}', '${coach}', 5)`
      await refused(judge(world.outside_coach), /feedback_names_the_coach/)
      await client.query(judge(world.coach))
    })

    test('an old address still leads to what moved (slug_history)', async () => {
      await client.query(`UPDATE programs SET slug = 'moved' WHERE program_id = '${world.programs[0]}'`)
      assert.deepEqual(await rows('SELECT entity_type, slug, entity_id FROM slug_history'), [
        { entity_type: 'program', slug: 'one', entity_id: world.programs[0] },
      ])
    })

    async function rows<Row extends pg.QueryResultRow>(statement: string): Promise<Row[]> {
      return (await client.query<Row>(statement)).rows
    }

    /** The transaction goes on after the refusal. */
    async function refused(statement: string, reason: RegExp): Promise<void> {
      await client.query('SAVEPOINT before')
      await assert.rejects(client.query(statement), reason)
      await client.query('ROLLBACK TO before')
    }
  })
