import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { createTestDatabase, type TestDatabase } from '../src/testing/database.ts'
import { servers } from '../src/testing/servers.ts'

const PEOPLE = 64
const CLIENTS = 16

for (const server of await servers())
  describe(`counters on PostgreSQL ${server.version}`, () => {
    let database: TestDatabase
    let people: string[]
    let post: string
    let program: string
    before(async () => {
      database = await createTestDatabase(server)
      ;({ people, post, program } = await hotRows(database.owner))
    })
    after(() => database.close())

    test('stay the truth while 16 connections write to the same rows and a folder folds', async () => {
      const writing = Promise.all(
        Array.from({ length: CLIENTS }, (_, index) => write(people.filter((_, n) => n % CLIENTS === index))),
      )
      const looks = await watch(writing)
      assert.ok(looks > 2, `the truth was looked at ${looks} times`)
      await foldAll()
      assert.deepEqual(await drift(), [])
      assert.deepEqual(await hotCounts(), {
        likes: PEOPLE / 2,
        bookmarks: PEOPLE,
        comments: PEOPLE,
        enrolled: PEOPLE,
        completed: PEOPLE / 2,
        // Everyone follows the first but the first.
        followers: PEOPLE - 1,
      })
    })

    test('do not make SERIALIZABLE enrolments in one program fail', async () => {
      const { rows } = await database.owner.query<{ program_id: string }>(newProgram('serial'))
      const enrol = async (mine: readonly string[]) => {
        const client = await connected()
        for (const person of mine) {
          await client.query(`BEGIN ISOLATION LEVEL SERIALIZABLE`)
          await client.query('SELECT title FROM programs WHERE program_id = $1', [rows[0]!.program_id])
          await client.query('INSERT INTO enrollments (user_id, program_id) VALUES ($1, $2)', [
            person,
            rows[0]!.program_id,
          ])
          await client.query('COMMIT')
        }
        await client.end()
      }
      const folding = new AbortController()
      const folder = foldUntil(folding.signal)
      const clients = Array.from({ length: CLIENTS }, (_, i) =>
        enrol(people.filter((_, n) => n % CLIENTS === i)),
      )
      await Promise.all(clients).finally(() => folding.abort())
      await folder
      await foldAll()
      const { rows: counted } = await database.owner.query<{ n: string }>(
        'SELECT enrollment_count AS n FROM programs WHERE program_id = $1',
        [rows[0]!.program_id],
      )
      assert.equal(Number(counted[0]?.n), PEOPLE)
    })

    test('are repaired by the reconciler, by the difference and no more', async () => {
      await database.owner.query(
        'UPDATE posts SET like_count = like_count + 7, comment_count = NULL WHERE post_id = $1',
        [post],
      )
      assert.equal((await drift()).length, 2)
      const { rows } = await database.owner.query<{ n: number }>('SELECT reconcile_counters()::text AS n')
      assert.equal(Number(rows[0]?.n), 2)
      assert.deepEqual(await drift(), [], 'base + pending is right before any fold')
      await foldAll()
      const counts = await hotCounts()
      assert.deepEqual([counts.likes, counts.comments], [PEOPLE / 2, PEOPLE])
    })

    test('fall again when what they count goes, and do not touch updated_at', async () => {
      const before = await database.owner.query('SELECT updated_at FROM posts WHERE post_id = $1', [post])
      await database.owner.query('DELETE FROM comments')
      await database.owner.query('DELETE FROM reactions')
      await database.owner.query('DELETE FROM user_connections')
      await database.owner.query(`UPDATE enrollments SET status = 'dropped' WHERE program_id = $1`, [program])
      await foldAll()
      assert.deepEqual(await drift(), [])
      const counts = await hotCounts()
      assert.deepEqual(counts, {
        likes: 0,
        bookmarks: 0,
        comments: 0,
        enrolled: 0,
        completed: 0,
        followers: 0,
      })
      const after = await database.owner.query('SELECT updated_at FROM posts WHERE post_id = $1', [post])
      assert.deepEqual(after.rows, before.rows)
    })

    test('fold in batches, one folder at a time', async () => {
      await database.owner.query(`INSERT INTO counter_deltas (table_name, counter, row_id, delta)
        SELECT 'posts', 'like_count', '${post}', d FROM generate_series(1, 50), (VALUES (1), (-1)) AS v(d)`)
      const [one, other] = [await connected(), await connected()]
      await one.query('BEGIN')
      assert.deepEqual(await fold(one, 30), [{ table_name: 'posts', row_id: post }])
      assert.deepEqual(await fold(other, 30), [])
      await one.query('COMMIT')
      assert.equal(await pending(), 70)
      await fold(other, 1000)
      assert.equal(await pending(), 0)
      await Promise.all([one.end(), other.end()])
    })

    /** Each person reacts, takes some back, comments twice and deletes one, enrols, follows, unfollows and follows again. */
    async function write(mine: readonly string[]): Promise<void> {
      const client = await connected()
      const react = `INSERT INTO reactions (user_id, entity_type, entity_id, reaction_type) VALUES ($1, 'post', $2, $3)`
      const comment = 'INSERT INTO comments (post_id, author_id, content) VALUES ($1, $2, $3)'
      for (const person of mine) {
        const even = people.indexOf(person) % 2 === 0
        await client.query(react, [person, post, even ? 'like' : 'love'])
        await client.query(react, [person, post, 'bookmark'])
        if (even)
          await client.query(`DELETE FROM reactions WHERE user_id = $1 AND reaction_type = 'like'`, [person])
        await client.query(comment, [post, person, 'stays'])
        await client.query(comment, [post, person, 'goes'])
        await client.query(`DELETE FROM comments WHERE author_id = $1 AND content = 'goes'`, [person])
        await client.query('INSERT INTO enrollments (user_id, program_id) VALUES ($1, $2)', [person, program])
        if (even)
          await client.query(
            `UPDATE enrollments SET status = 'completed' WHERE user_id = $1 AND program_id = $2`,
            [person, program],
          )
        if (person === people[0]) continue
        for (const again of [false, true]) {
          await client.query('INSERT INTO user_connections (follower_id, following_id) VALUES ($1, $2)', [
            person,
            people[0],
          ])
          if (!again) await client.query('DELETE FROM user_connections WHERE follower_id = $1', [person])
        }
      }
      await client.end()
    }

    /** Folds, and asks for any difference between base + pending and the truth, until the writing ends. */
    async function watch(writing: Promise<unknown>): Promise<number> {
      const done = new AbortController()
      const folder = foldUntil(done.signal)
      writing.then(
        () => done.abort(),
        () => done.abort(),
      )
      let looks = 0
      for (; !done.signal.aborted; looks++) {
        assert.deepEqual(await drift(), [])
        await delay(10)
      }
      await Promise.all([writing, folder])
      return looks
    }

    async function foldUntil(signal: AbortSignal): Promise<void> {
      const worker = new pg.Client({ connectionString: database.workerUrl })
      await worker.connect()
      while (!signal.aborted) {
        await fold(worker, 50)
        await delay(5)
      }
      await worker.end()
    }

    async function foldAll(): Promise<void> {
      const client = await connected()
      while ((await pending()) > 0) await fold(client, 1000)
      await client.end()
    }

    async function pending(): Promise<number> {
      const { rows } = await database.owner.query<{ n: string }>('SELECT count(*) AS n FROM counter_deltas')
      return Number(rows[0]?.n)
    }

    async function connected(): Promise<pg.Client> {
      const client = new pg.Client({ connectionString: database.ownerUrl })
      await client.connect()
      return client
    }

    /** Returns the rows whose counters moved. */
    async function fold(client: pg.Client, batch: number): Promise<unknown[]> {
      return (await client.query('SELECT * FROM fold_counters($1)', [batch])).rows
    }

    async function drift(): Promise<unknown[]> {
      return (await database.owner.query('SELECT * FROM counter_drift()')).rows
    }

    async function hotCounts(): Promise<Record<string, number>> {
      const { rows } = await database.owner.query<Record<string, string>>(
        `SELECT p.like_count AS likes, p.bookmark_count AS bookmarks, p.comment_count AS comments,
           g.enrollment_count AS enrolled, g.completion_count AS completed, u.follower_count AS followers
         FROM posts p, programs g, user_profiles u WHERE p.post_id = $1 AND g.program_id = $2 AND u.user_id = $3`,
        [post, program, people[0]],
      )
      return Object.fromEntries(Object.entries(rows[0]!).map(([name, value]) => [name, Number(value)]))
    }
  })

async function hotRows(owner: pg.Pool): Promise<{ people: string[]; post: string; program: string }> {
  const users = await owner.query<{ user_id: string }>(
    `INSERT INTO users (email, full_name) SELECT n || '@example.test', 'Person ' || n FROM generate_series(1, ${PEOPLE}) n RETURNING user_id`,
  )
  await owner.query('INSERT INTO user_profiles (user_id) SELECT user_id FROM users')
  const posts = await owner.query<{ post_id: string }>(
    `INSERT INTO posts (content, category, published_at) VALUES ('Hot', 'story', now()) RETURNING post_id`,
  )
  const programs = await owner.query<{ program_id: string }>(newProgram('hot'))
  return {
    people: users.rows.map((row) => row.user_id),
    post: posts.rows[0]!.post_id,
    program: programs.rows[0]!.program_id,
  }
}

const newProgram = (slug: string) =>
  `INSERT INTO programs (title, slug, instructor_id, pricing_type) SELECT '${slug}', '${slug}', min(user_id::text)::uuid, 'free' FROM users RETURNING program_id`
