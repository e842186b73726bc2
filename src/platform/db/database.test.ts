import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { createEmptyDatabase, type TestDatabase } from '../../testing/database.ts'
import { asSelf } from '../actor.ts'
import { connect, type Database, type DatabaseMetrics, isUnreachable, type PoolGauges } from './index.ts'

const actor = asSelf('018f0000-0000-7000-8000-000000000001')
const whoAmI = sql<{ actor: string | null; inside: boolean }>`
  select nullif(current_setting('app.current_user_id', true), '') as actor, pg_current_xact_id_if_assigned() is not null as inside`
const sleepy = { name: 'sleepy', text: `select pg_sleep($1), 'woken'` }

type Recorded = { statements: { name: string; ok: boolean }[]; retries: string[]; gauges?: () => PoolGauges }

let house: TestDatabase
const recorded: Recorded = { statements: [], retries: [] }
const metrics: DatabaseMetrics = {
  statement: (name, seconds, ok) => {
    assert.ok(seconds >= 0)
    recorded.statements.push({ name, ok })
  },
  retry: (code) => recorded.retries.push(code),
  pool: (_, read) => {
    recorded.gauges = read
  },
}

before(async () => {
  house = await createEmptyDatabase()
  await house.owner.query(`
    create table tally (id int primary key, n int not null, at timestamptz, check (n < 1000));
    insert into tally values (1, 0), (2, 0)`)
})

after(() => house.close())

for (const prepared of [true, false]) {
  const how = prepared ? 'with prepared statements' : 'without prepared statements'
  const open = (extra: Partial<Parameters<typeof connect>[0]> = {}) =>
    connect({ url: house.ownerUrl, poolSize: 4, prepared, applicationName: 'db test', metrics, ...extra })

  test(`a transaction speaks for its actor and leaves nothing behind, ${how}`, async () => {
    await using(open({ poolSize: 2 }), async (db) => {
      const inside = await db.transaction(actor, (tx) => whoAmI.execute(tx))
      const nobody = await db.transaction(null, (tx) => whoAmI.execute(tx))
      const outside = await whoAmI.execute(db.anonymous)
      assert.deepEqual(
        [inside, nobody, outside].map((result) => result.rows[0]?.actor),
        [actor.userId, null, null],
      )
    })
  })

  test(`a transaction commits what it did, and nothing of it when it throws, ${how}`, async () => {
    await using(open(), async (db) => {
      await db.transaction(actor, (tx) => add(tx, 1))
      await assert.rejects(
        db.transaction(actor, async (tx) => {
          await add(tx, 1)
          throw new Error('no')
        }),
        /^Error: no$/,
      )
      await assert.rejects(
        db.transaction(actor, (tx) => add(tx, 5000)),
        /tally_n_check/,
      )
      assert.equal(await count(db), 1)
      await sql`update tally set n = 0`.execute(db.anonymous)
    })
  })

  test(`statements of a transaction may be sent together, ${how}`, async () => {
    await using(open(), async (db) => {
      const rows = await db.transaction(actor, (tx) =>
        Promise.all(
          [1, 2, 3].map(
            async (n) => (await sql<{ n: number }>`select ${n}::int as n`.execute(tx)).rows[0]?.n,
          ),
        ),
      )
      assert.deepEqual(rows, [1, 2, 3])
    })
  })

  test(`a value that cannot be written harms nobody, ${how}`, async () => {
    await using(open({ poolSize: 2 }), async (db) => {
      const circle: { me?: unknown } = {}
      circle.me = circle
      const echo = { name: 'echo', text: 'select $1::text' }
      await assert.rejects(db.text(echo, [circle]), /circular/)
      await assert.rejects(db.text(echo, ['a\0b']), /invalid byte sequence/)
      await assert.rejects(
        db.transaction({ ...actor, userId: 'a\0b' }, (tx) => add(tx, 1)),
        /invalid byte sequence/,
      )
      await assert.rejects(
        db.transaction(actor, (tx) => sql`select ${circle}`.execute(tx)),
        /circular/,
      )
      assert.equal(await db.text(echo, ['fine']), 'fine')
      assert.equal(await count(db), 0)
    })
  })

  test(`text gives the first column of the first row as it came, ${how}`, async () => {
    await using(open(), async (db) => {
      const text = (body: string, values: unknown[] = []) =>
        db.text({ name: body.replaceAll(/\W+/g, '_'), text: body }, values)
      assert.equal(await text(`select '{"a" : 1}'::json, 2 union all select '{}', 3`), '{"a" : 1}')
      assert.equal(await text('select null::text'), null)
      assert.equal(await text('select 1 where $1', [false]), null)
      await assert.rejects(text('select 1/0 as fails_every_time'), /division by zero/)
      await assert.rejects(text('select nonsense'), /"nonsense" does not exist/)
      await assert.rejects(text('select nonsense'), /"nonsense" does not exist/)
      const many = await Promise.all(Array.from({ length: 200 }, (_, n) => text('select $1::int * 2', [n])))
      assert.deepEqual(
        many,
        Array.from({ length: 200 }, (_, n) => String(n * 2)),
      )
    })
  })

  test(`textAs speaks for its actor in one implicit transaction, ${how}`, async () => {
    await using(open({ poolSize: 2 }), async (db) => {
      const who = { name: 'who', text: `select nullif(current_setting('app.current_user_id', true), '')` }
      const bump = { name: 'bump', text: `update tally set n = n + $1 where id = 1 returning n` }
      const answers = await Promise.all([db.text(who, []), db.textAs(actor, who, []), db.text(who, [])])
      assert.deepEqual(answers, [null, actor.userId, null])
      await assert.rejects(db.textAs(actor, bump, [5000]), /tally_n_check/)
      assert.equal(await db.textAs(actor, bump, [0]), '0')
    })
  })

  test(`statements survive a migration that changes their columns, ${how}`, async () => {
    await using(open({ poolSize: 2 }), async (db) => {
      await house.owner.query('create table shape (a int); insert into shape values (1)')
      const star = { name: 'star', text: 'select * from shape' }
      const read = () => db.transaction(actor, (tx) => sql`select * from shape`.execute(tx))
      const glance = () => sql`select * from shape as glanced`.execute(db.anonymous)
      await Promise.all([db.text(star, []), read(), glance()])
      await house.owner.query('alter table shape alter column a type text')
      assert.deepEqual(await Promise.all([db.text(star, []), db.text(star, []), db.text(star, [])]), [
        '1',
        '1',
        '1',
      ])
      assert.deepEqual((await glance()).rows, [{ a: '1' }])
      assert.deepEqual((await read()).rows, [{ a: '1' }])
      await house.owner.query('drop table shape')
    })
  })
}

test('serialization failures are tried again until they pass, and counted', async () => {
  await using(connectHere({ poolSize: 6 }), async (db) => {
    recorded.retries.length = 0
    let reading = 3
    const everybodyHasRead = Promise.withResolvers<void>()
    const bump = () =>
      db.transaction(
        actor,
        async (tx) => {
          const { rows } = await sql<{ n: number }>`select n from tally where id = 2`.execute(tx)
          if (--reading === 0) everybodyHasRead.resolve()
          await everybodyHasRead.promise
          await sql`update tally set n = ${(rows[0]?.n ?? 0) + 1} where id = 2`.execute(tx)
        },
        { isolation: 'serializable' },
      )
    const outcomes = await Promise.allSettled([bump(), bump(), bump()])
    const done = outcomes.filter(({ status }) => status === 'fulfilled').length
    const n = await db.text({ name: 'n2', text: 'select n from tally where id = 2' }, [])
    assert.equal(done, 3)
    assert.equal(n, '3')
    assert.ok(recorded.retries.length > 0 && recorded.retries.every((code) => code === '40001'))
  })
})

test('a deadlock is resolved by trying the loser again', async () => {
  await using(connectHere(), async (db) => {
    recorded.retries.length = 0
    const swap = (first: number, second: number) =>
      db.transaction(actor, async (tx) => {
        await sql`update tally set n = n + 1 where id = ${first}`.execute(tx)
        await sql`select pg_sleep(0.1)`.execute(tx)
        await sql`update tally set n = n + 1 where id = ${second}`.execute(tx)
      })
    await Promise.all([swap(1, 2), swap(2, 1)])
    assert.deepEqual(recorded.retries, ['40P01'])
    await sql`update tally set n = 0`.execute(db.anonymous)
  })
})

test('a read-only transaction writes nothing', async () => {
  await using(connectHere(), async (db) => {
    await assert.rejects(
      db.transaction(actor, (tx) => add(tx, 1), { readOnly: true }),
      /read-only transaction/,
    )
  })
})

test('a failure that the work swallowed still fails the transaction', async () => {
  await using(connectHere(), async (db) => {
    await assert.rejects(
      db.transaction(actor, async (tx) => {
        await add(tx, 5000).catch(() => null)
      }),
      /was rolled back/,
    )
  })
})

test('a transaction that asks nothing sends nothing', async () => {
  await using(connectHere(), async (db) => {
    assert.equal(await db.transaction(actor, async () => 'idle'), 'idle')
    await assert.rejects(
      db.transaction(actor, () => Promise.reject(new Error('no'))),
      /^Error: no$/,
    )
  })
})

test('a statement after the end of its transaction is refused', async () => {
  await using(connectHere(), async (db) => {
    const escaped = await db.transaction(actor, async (tx) => {
      await add(tx, 0)
      return { tx }
    })
    await assert.rejects(add(escaped.tx, 1), /the transaction is over/)
    assert.equal(await count(db), 0)
  })
})

test('a connection killed in a transaction fails it alone; the next one works', async () => {
  await using(connectHere({ poolSize: 2 }), async (db) => {
    const dying = db.transaction(actor, async (tx) => {
      await add(tx, 1)
      await sql`select pg_terminate_backend(pg_backend_pid())`.execute(tx)
    })
    await assert.rejects(dying, isUnreachable)
    assert.equal(await count(db), 0)
    await add(db.anonymous, 0)
    assert.equal(recorded.gauges?.().total, 1)
  })
})

test('a hot connection that is lost fails what was in flight and is opened again', async () => {
  await using(connectHere({ poolSize: 4 }), async (db) => {
    const pid = await db.text({ name: 'pid', text: 'select pg_backend_pid()' }, [])
    const inFlight = assert.rejects(db.text(sleepy, [5]), isUnreachable)
    const queued = assert.rejects(db.text(sleepy, [0]), isUnreachable)
    await house.owner.query('select pg_terminate_backend($1)', [pid])
    await Promise.all([inFlight, queued])
    assert.notEqual(await db.text({ name: 'pid', text: 'select pg_backend_pid()' }, []), pid)
    assert.equal(recorded.gauges?.().hotInFlight, 0)
  })
})

test('a statement that takes too long is stopped by the server', async () => {
  await using(connectHere({ statementTimeoutMs: 100 }), async (db) => {
    await assert.rejects(db.text(sleepy, [5]), /statement timeout/)
    await assert.rejects(
      db.transaction(actor, (tx) => sql`select pg_sleep(5)`.execute(tx)),
      /statement timeout/,
    )
    await db.ping()
  })
})

test('a database out of reach rejects with an error that says so', async () => {
  const db = connect({
    url: 'postgres://nobody:x@127.0.0.1:1/none',
    poolSize: 2,
    prepared: true,
    applicationName: 'x',
  })
  await assert.rejects(db.ping(), isUnreachable)
  await assert.rejects(db.text(sleepy, [0]), isUnreachable)
  await assert.rejects(
    db.transaction(actor, (tx) => add(tx, 1)),
    isUnreachable,
  )
  await db.close()
})

test('closing waits for what is in flight', async () => {
  const db = connectHere()
  const hot = db.text({ name: 'slow', text: `select 'done' from pg_sleep(0.2)` }, [])
  const slow = db.transaction(actor, (tx) => sql`select pg_sleep(0.2)`.execute(tx))
  await new Promise((resolve) => setTimeout(resolve, 100))
  await db.close()
  assert.equal(await hot, 'done')
  await slow
  await assert.rejects(db.text(sleepy, [0]), /closed/)
})

test('columns come back as text that loses nothing, the same that to_json writes', async () => {
  await using(connectHere(), async (db) => {
    const moments = [
      '2026-01-31 12:00:00.123456+03',
      '2026-01-31 12:00:00.5+00',
      '2026-01-31 12:00:00+00',
      '0999-01-01 00:00:00+00',
    ]
    for (const moment of moments) {
      const { rows } = await sql<{ ours: string; json: string }>`
        select ${moment}::timestamptz as ours, to_json(${moment}::timestamptz) #>> '{}' as json`.execute(
        db.anonymous,
      )
      assert.equal(rows[0]?.ours, rows[0]?.json)
    }
    const { rows } =
      await sql`select 12::int8 as big, 1.50::numeric as money, date '2026-02-01' as day, '{"a":1}'::jsonb as json,
      array[1::int8] as bigs, array['2026-01-31 00:00:00+00'::timestamptz, null] as moments, '\\x00ff'::bytea as bytes,
      array[1.5::numeric] as amounts`.execute(db.anonymous)
    assert.deepEqual(rows[0], {
      big: 12,
      money: '1.50',
      day: '2026-02-01',
      json: { a: 1 },
      bigs: [1],
      moments: ['2026-01-31T00:00:00+00:00', null],
      bytes: Buffer.from([0, 255]),
      amounts: ['1.5'],
    })
    await assert.rejects(sql`select 9007199254740993::int8`.execute(db.anonymous), /does not fit/)
  })
})

test('statements are named by kind, table and digest, and measured under that name', async () => {
  await using(connectHere({ poolSize: 2 }), async (db) => {
    recorded.statements.length = 0
    await db.transaction(actor, (tx) => add(tx, 0))
    await db.text(sleepy, [0])
    await assert.rejects(sql`select 1 from missing_table`.execute(db.anonymous))
    assert.match(
      JSON.stringify(recorded.statements),
      /^\[\{"name":"update_tally_[0-9a-f]{6}","ok":true\},\{"name":"sleepy","ok":true\},\{"name":"select_missing_table_[0-9a-f]{6}","ok":false\}\]$/,
    )
    const names = await sql<{ name: string }>`select name from pg_prepared_statements`.execute(db.anonymous)
    assert.ok(names.rows.some(({ name }) => name.startsWith('update_tally_')))
    assert.ok(names.rows.some(({ name }) => name === 'set_actor'))
  })
})

function connectHere(extra: Partial<Parameters<typeof connect>[0]> = {}): Database {
  return connect({
    url: house.ownerUrl,
    poolSize: 4,
    prepared: true,
    applicationName: 'db test',
    metrics,
    ...extra,
  })
}

function add(tx: Parameters<Parameters<Database['transaction']>[1]>[0], n: number) {
  return sql`update tally set n = n + ${n} where id = 1`.execute(tx)
}

async function count(db: Database): Promise<number> {
  return Number(await db.text({ name: 'tally', text: 'select n from tally where id = 1' }, []))
}

async function using(db: Database, work: (db: Database) => Promise<void>): Promise<void> {
  try {
    await work(db)
  } finally {
    await db.close()
  }
}
