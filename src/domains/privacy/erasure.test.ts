import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  accepted,
  type Client,
  clientOf,
  signedIn,
  signIn,
  signUp,
  startApp,
  type TestApp,
} from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import {
  insert,
  makeComment,
  makeEnrollment,
  makeEvent,
  makePost,
  makeProgram,
  makeUser,
  type TestUser,
  testPassword,
  unique,
} from '../../testing/factories.ts'
import { type Mailbox, openMailbox } from '../../testing/mailbox.ts'
import { type PurgeStep, purge } from './purge.ts'
import { eraseAgain, peopleWhoAreBack, purgeNow } from './replay.ts'

type Refusal = { errors: { pointer: string }[] }
type Erasure = { erasure_id: string; cancellable_until: string }

describe('the erasure of an account', () => {
  let database: TestDatabase
  let app: TestApp
  let mailbox: Mailbox
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    mailbox = await openMailbox(app)
  })
  after(async () => {
    await mailbox.stop()
    await app.close()
    await database.close()
  })

  const one = async <T = Record<string, string>>(text: string, values: unknown[] = []) => {
    const { rows } = await database.owner.query(text, values)
    return rows[0] as T
  }
  const rowOf = (id: string) => one('SELECT * FROM users WHERE user_id = $1', [id])

  async function person(values = {}): Promise<{ user: TestUser; client: Client }> {
    const user = await makeUser(database.owner, values)
    return { user, client: await signedIn(app, user) }
  }

  const request = (client: Client, public_writing = 'stays') =>
    client.post<Erasure>('/api/v1/me/erasure', { public_writing })

  test('is stopped by nobody who takes the address that will be left of them', async () => {
    const { user } = await person()
    const email = `erased+${user.id}@Erased.invalid`
    const newcomer = { email, full_name: 'Squat', password: testPassword, accepted }
    const { status, body } = await clientOf(app).post<Refusal>('/api/v1/auth/register', newcomer)
    assert.deepEqual([status, body.errors[0]?.pointer], [400, '/email'])
    await assert.rejects(makeUser(database.owner, { email: email.toLowerCase() }), {
      constraint: 'email_of_the_living',
    })
  })

  test('takes no letters out of what others wrote, however short a name is', async () => {
    const { user, client } = await person({ full_name: 'e' })
    const event = await makeEvent(database.owner, {
      speakers: [{ user_id: user.id, name: 'e' }],
      agenda: 'Doors, tea, tables',
    })
    await erase(client)
    const kept = await one('SELECT agenda, speakers FROM events WHERE event_id = $1', [event.event_id])
    assert.deepEqual({ ...kept }, { agenda: 'Doors, tea, tables', speakers: '[]' })
  })

  test('takes back the archives of others, which may name them', async () => {
    const { client } = await person()
    const other = await person()
    const { body } = await other.client.post<{ export_id: string }>('/api/v1/me/exports')
    const until = async (wanted: string) => {
      for (const deadline = Date.now() + 15_000; Date.now() < deadline; await sleep(50)) {
        const { status } = (
          await other.client.get<{ status: string }>(`/api/v1/me/exports/${body.export_id}`)
        ).body
        if (status === wanted) return
      }
      assert.fail(`the archive is not ${wanted}`)
    }
    await until('ready')
    await erase(client)
    await until('expired')
  })

  async function leave(client: Client, writing?: string): Promise<string> {
    const reply = await request(client, writing)
    assert.equal(reply.status, 202, reply.text)
    return reply.body.erasure_id
  }

  const endGrace = (id: string) =>
    database.owner.query(
      `UPDATE erasures SET requested_at = now() - interval '22 days', cancellable_until = now() - interval '1 day' WHERE erasure_id = $1`,
      [id],
    )

  async function erase(client: Client, writing?: string): Promise<string> {
    const id = await leave(client, writing)
    await endGrace(id)
    assert.equal(await purge(app.services, database.workerDb, id), true)
    return id
  }

  test('hides the person and signs them out at once, and leads back by the mailed link', async () => {
    const { user, client } = await person({ full_name: 'Neema Mutiso' })
    const other = await signIn(app, user)
    const { client: reader } = await person()
    assert.equal((await reader.get(`/api/v1/people/${user.id}`)).status, 200)
    const id = await leave(client)
    assert.equal((await reader.get(`/api/v1/people/${user.id}`)).status, 404)
    for (const device of [client, other]) assert.equal((await device.get('/api/v1/me')).status, 401)
    const token = await mailbox.token(user.email)
    const { year } = await one(
      `SELECT to_char(cancellable_until, 'YYYY') AS year FROM erasures WHERE erasure_id = $1`,
      [id],
    )
    const told = (await mailbox.to(user.email)).find(({ text }) => text.includes('erased for good'))
    assert.match(told!.text, new RegExp(`On .*${year}.* everything in it is erased for good`))
    const kept = await clientOf(app).post('/api/v1/account-keepings', { token })
    assert.equal(kept.status, 204, kept.text)
    assert.equal(
      (await clientOf(app).post('/api/v1/account-keepings', { token })).body.code,
      'auth.link_invalid',
    )
    assert.equal((await reader.get(`/api/v1/people/${user.id}`)).status, 200)
    await signIn(app, user)
    await endGrace(id).catch(() => {})
    assert.equal(
      await purge(app.services, database.workerDb, id),
      false,
      'what was taken back is never purged',
    )
  })

  test('takes the name off pages that are cached', async () => {
    const teacher = await makeUser(database.owner, { full_name: 'Teaches No More' }, 'coach')
    const { slug } = await makeProgram(database.owner, { instructor_id: teacher.id })
    const { client: reader } = await person()
    assert.match((await reader.get(`/api/v1/programs/${slug}`)).text, /Teaches No More/)
    assert.match((await clientOf(app).get('/api/v1/programs')).text, /Teaches No More/)
    const id = await leave(await signedIn(app, teacher))
    assert.doesNotMatch((await reader.get(`/api/v1/programs/${slug}`)).text, /Teaches No More/)
    assert.doesNotMatch((await clientOf(app).get('/api/v1/programs')).text, /Teaches No More/)
    await endGrace(id)
    await purge(app.services, database.workerDb, id)
    assert.doesNotMatch((await reader.get(`/api/v1/programs/${slug}`)).text, /Teaches/)
  })

  test('is told to who signs in meanwhile with the right password, by mail, and to nobody else', async () => {
    const { user, client } = await person()
    await leave(client)
    const login = (password: string) =>
      clientOf(app).post('/api/v1/auth/login', { email: user.email, password })
    assert.equal((await login('not the password at all')).body.code, 'auth.invalid_credentials')
    const reply = await login(testPassword)
    assert.equal(reply.status, 403)
    assert.equal(reply.body.code, 'auth.account_leaving')
    assert.equal((await mailbox.to(user.email, 2)).length, 2)
  })

  test('of ten requests at once one counts, and of a purge and a change of mind at once one comes true', async () => {
    const { user } = await person()
    const devices = await Promise.all(Array.from({ length: 10 }, () => signedIn(app, user)))
    const replies = await Promise.all(devices.map((device) => request(device)))
    assert.equal(replies.filter(({ status }) => status === 202).length, 1)
    assert.ok(
      replies.every(({ status }) => [202, 401, 409].includes(status)),
      replies.map(({ text }) => text).join(),
    )
    const { erasure_id } = replies.find(({ status }) => status === 202)!.body
    const token = await mailbox.token(user.email)
    const keep = clientOf(app).post('/api/v1/account-keepings', { token })
    const [kept] = await Promise.all([keep, purgeNow(database.workerDb, user.id)])
    await purge(app.services, database.workerDb, erasure_id)
    const { status } = await one('SELECT status FROM erasures WHERE erasure_id = $1', [erasure_id])
    assert.equal(status, kept.status === 204 ? 'cancelled' : 'done')
    assert.equal((await rowOf(user.id))?.status, kept.status === 204 ? 'active' : undefined)
  })

  test('is refused to the last super admin', async () => {
    const admin = await makeUser(database.owner, {}, 'super_admin')
    const reply = await request(await signedIn(app, admin))
    assert.equal(reply.status, 409)
    assert.equal(reply.body.erasure_id, undefined)
    assert.equal((await rowOf(admin.id)).status, 'active')
    const { rows } = await database.owner.query('SELECT FROM erasures WHERE user_id = $1', [admin.id])
    assert.equal(rows.length, 0)
  })

  test('does not come before its time', async () => {
    const { user, client } = await person()
    const id = await leave(client)
    assert.equal(await purge(app.services, database.workerDb, id), false)
    assert.equal((await rowOf(user.id)).status, 'deleted')
  })

  test('leaves nothing of who left no money, enrolment or certificate, and a mail that certifies it', async () => {
    const { user, client } = await person()
    const id = await erase(client)
    assert.equal(await rowOf(user.id), undefined)
    const proof = await one(
      `SELECT certificate::text AS certificate, encode(certificate_sha256, 'hex') AS hash,
         encode(sha256(certificate::text::bytea), 'hex') AS computed, outcome FROM erasures WHERE erasure_id = $1`,
      [id],
    )
    assert.equal(proof.outcome, 'deleted')
    assert.equal(proof.hash, proof.computed)
    const mail = await mailbox.about(user.email, /certificate/)
    assert.match(mail.text, new RegExp(proof.hash!))
    assert.match(mail.text, new RegExp(id))
  })

  test('leaves a tombstone under what must stand, and the address is free for a new person', async () => {
    const { user, client } = await person({ username: unique('gone'), full_name: 'Gone Forever' })
    const program = await makeProgram(database.owner)
    await makeEnrollment(database.owner, user.id, program.program_id!)
    await erase(client)
    const row = await rowOf(user.id)
    assert.equal(row.email, `erased+${user.id}@erased.invalid`)
    assert.equal(row.full_name, '')
    assert.equal(row.username, null)
    assert.ok(row.erased_at)
    await signUp(app, database.owner, {
      email: user.email,
      full_name: 'Come Back',
      username: user.row.username,
      password: 'mandazi tatu na chai ya maziwa',
    })
    const again = await one('SELECT user_id FROM users WHERE email = $1', [user.email])
    assert.notEqual(again.user_id, user.id)
  })

  for (const [choice, left] of [
    ['stays', { posts: 1, comments: 2, content: 'Two pence' }],
    ['goes', { posts: 0, comments: 1, content: '' }],
  ] as const) {
    test(`writing ${choice} as the person chose, and replies of others keep their place`, async () => {
      const { user, client } = await person()
      const mine = await makePost(database.owner, { author_id: user.id, content: 'In public' })
      await makePost(database.owner, {
        author_id: user.id,
        content: 'A draft',
        status: 'draft',
        published_at: null,
      })
      const host = await makePost(database.owner)
      const said = await makeComment(database.owner, host.post_id!, user.id, { content: 'Two pence' })
      await makeComment(database.owner, host.post_id!, user.id, { content: 'Nobody answered' })
      const reply = await makeComment(database.owner, host.post_id!, (await makeUser(database.owner)).id, {
        content: 'A reply',
        parent_comment_id: said.comment_id,
      })
      await erase(client, choice)
      const posts = await database.owner.query('SELECT author_id FROM posts WHERE post_id = $1', [
        mine.post_id,
      ])
      assert.equal(posts.rows.length, left.posts)
      const named = await one(
        `SELECT (SELECT count(*) FROM posts WHERE author_id = $1)::text AS posts, (SELECT count(*) FROM comments WHERE author_id = $1)::text AS comments,
          (SELECT count(*) FROM posts WHERE content = 'A draft')::text AS drafts,
          (SELECT content FROM comments WHERE comment_id = $2) AS content, (SELECT content FROM comments WHERE comment_id = $3) AS reply`,
        [user.id, said.comment_id, reply.comment_id],
      )
      assert.deepEqual(named, {
        posts: '0',
        comments: '0',
        drafts: '0',
        content: left.content,
        reply: 'A reply',
      })
      await database.owner.query('DELETE FROM posts WHERE content IN ($1, $2)', ['A draft', 'In public'])
    })
  }

  for (const step of ['claimed', 'listed', 'files', 'rows', 'committed'] satisfies PurgeStep[]) {
    test(`that dies when it is ${step} is completed by the next try, once`, async () => {
      const { user, client } = await person()
      const { client: friend, user: friendly } = await person()
      await friend.put(`/api/v1/people/${user.id}/follow`)
      const id = await leave(client)
      await endGrace(id)
      const dying = purge(app.services, database.workerDb, id, {
        reached: (reached) => {
          if (reached === step) throw new Error('the process dies')
        },
      })
      await assert.rejects(dying, /the process dies/)
      if (step !== 'committed') assert.equal((await rowOf(user.id)).status, 'deleted')
      await Promise.all([
        purge(app.services, database.workerDb, id),
        purge(app.services, database.workerDb, id),
      ])
      assert.equal(await rowOf(user.id), undefined)
      const follows = await database.owner.query('SELECT FROM user_connections WHERE follower_id = $1', [
        friendly.id,
      ])
      assert.equal(follows.rows.length, 0)
      const mails = await mailbox.about(user.email, /certificate/)
      assert.match(mails.text, new RegExp(id))
      const { rows } = await database.owner.query(
        `SELECT count(*)::text AS n FROM audit_logs WHERE action = 'privacy.person_erased' AND entity_id = $1`,
        [user.id],
      )
      assert.equal(rows[0].n, '1')
    })
  }

  test('is done again after a restore from before it', async () => {
    const { user, client } = await person({ full_name: 'Restored Of Late' })
    await erase(client)
    // What a restore brings back: the row as it was, and an erasure that nobody had asked for yet.
    await database.owner.query('DELETE FROM erasures WHERE user_id = $1', [user.id])
    await insert(database.owner, 'users', { ...user.row, status: 'active' })
    await insert(database.owner, 'user_profiles', { user_id: user.id, bio: 'Here I am again' })
    const back: string[] = []
    for await (const person of peopleWhoAreBack(database.workerDb, app.services.storage)) {
      back.push(person.user_id)
      await purge(app.services, database.workerDb, await eraseAgain(database.workerDb, person))
    }
    assert.deepEqual(back, [user.id])
    assert.equal(await rowOf(user.id), undefined)
  })
})
