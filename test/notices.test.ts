import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { NOTICES } from '../src/app/notices.ts'
import { planReminders } from '../src/domains/events/reminders.ts'
import { LANGUAGES } from '../src/platform/languages.ts'
import { type Client, signedIn, startApp, type TestApp } from '../src/testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../src/testing/database.ts'
import {
  insert,
  makeCoachApplication,
  makeComment,
  makeEvent,
  makePartner,
  makePost,
  makeTag,
  makeUser,
} from '../src/testing/factories.ts'
import { tellPeople } from '../src/testing/notices.ts'

/** What any notice may ask for. */
const VALUES: Readonly<Record<string, string>> = {
  kind: 'role_change',
  role: 'coach',
  decision: 'approved',
  expires_at: '2026-03-01T09:00:00Z',
  event_date: '2026-03-01T09:00:00Z',
  timezone: 'Africa/Nairobi',
}

test('every notice has its own words in three languages, short enough for a locked screen', () => {
  for (const notice of NOTICES.all) {
    if (notice.subjects) assert.ok(notice.nameless, `${notice.fact}: what is it called when it is gone?`)
    const said = LANGUAGES.map((language) => {
      const param = (name: string) => {
        assert.ok(VALUES[name] !== undefined, `${notice.fact} asks for ${name}`)
        return VALUES[name]
      }
      const values = { actor: 'Amina Wanjiru', subject: 'Pricing for traders', param, moment: param }
      const { title, message } = notice.texts[language](values)
      assert.ok(
        title.length > 0 && title.length <= 80 && message.length <= 160,
        `${notice.fact}: ${title}. ${message}`,
      )
      return `${title} ${message}`
    })
    assert.equal(new Set(said).size, LANGUAGES.length, notice.fact)
  }
})

describe('people are told', () => {
  let database: TestDatabase
  let app: TestApp
  let admin: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    admin = await signedIn(app, await makeUser(database.owner, { full_name: 'Staff' }, 'super_admin'))
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  type Item = {
    kind: string
    title: string
    message: string
    action_url: string | null
    thread: { count: number } | null
  }
  const someone = async (full_name = 'Amina Wanjiru') => {
    const { id, email } = await makeUser(database.owner, { full_name })
    return { id, email, client: await signedIn(app, { id }) }
  }
  const told = async ({ client }: { client: Client }, query = '') => {
    await tellPeople(app, database)
    return (await client.get<{ items: Item[] }>(`/api/v1/me/notifications?${query}`)).body.items
  }
  const kinds = (items: readonly Item[]) => items.map(({ kind }) => kind)

  test('that somebody follows them, once however often it is taken back', async () => {
    const [amina, juma] = [await someone(), await someone('Juma')]
    for (let n = 0; n < 3; n++) {
      await juma.client.put(`/api/v1/people/${amina.id}/follow`)
      await tellPeople(app, database)
      await juma.client.delete(`/api/v1/people/${amina.id}/follow`)
    }
    const items = await told(amina)
    assert.deepEqual(
      items.map(({ title, action_url }) => [title, action_url]),
      [['Juma follows you', `/people/${juma.id}`]],
    )
    assert.deepEqual(await told(juma), [])
  })

  test('that their skill is vouched for, their writing liked and replied to, in threads', async () => {
    const [amina, juma, neema] = [await someone(), await someone('Juma'), await someone('Neema')]
    const tag = await makeTag(database.owner, { name: 'Pricing' })
    await insert(database.owner, 'user_skills', { user_id: amina.id, tag_id: tag.tag_id })
    await juma.client.put(`/api/v1/people/${amina.id}/skills/${tag.tag_id}/endorsement`)
    const post = await makePost(database.owner, { author_id: amina.id, title: 'Market day' })
    const mine = await makeComment(database.owner, post.post_id!, amina.id)
    for (const { client } of [juma, neema, amina]) {
      await client.put(`/api/v1/posts/${post.post_id}/reactions/like`)
      await client.put(`/api/v1/posts/${post.post_id}/reactions/love`)
      await client.put(`/api/v1/posts/${post.post_id}/reactions/bookmark`)
    }
    await neema.client.put(`/api/v1/comments/${mine.comment_id}/reactions/like`)
    await neema.client.post(`/api/v1/posts/${post.post_id}/comments`, {
      content: 'Yes',
      parent_comment_id: mine.comment_id,
    })
    const items = await told(amina)
    assert.deepEqual(kinds(items).sort(), [
      'community.comment_liked',
      'community.post_liked',
      'community.post_liked',
      'community.reply_created',
      'identity.skill_endorsed',
    ])
    assert.equal(
      items.find(({ kind }) => kind === 'community.comment_liked')?.action_url,
      `/community/${post.post_id}`,
    )
    assert.match(items.find(({ kind }) => kind === 'identity.skill_endorsed')?.message ?? '', /“Pricing”/)
    const threads = await told(amina, 'grouped=true')
    assert.equal(threads.find(({ kind }) => /post_liked|reply/.test(kind))?.thread?.count, 3)
  })

  test('that they have a new role, that it ends soon, and not when it was ended before', async () => {
    const [amina, juma] = [await someone(), await someone()]
    const expires_at = new Date(Date.now() + 3 * 86_400_000 + 60_000).toISOString()
    const grants = []
    for (const { id } of [amina, juma]) {
      const grant = await admin.post<{ user_role_id: string }>(`/api/v1/admin/people/${id}/roles`, {
        role: 'coach',
        expires_at,
        reason: 'For a season',
      })
      assert.equal(grant.status, 201, grant.text)
      grants.push(grant.body.user_role_id)
    }
    assert.deepEqual(kinds(await told(amina)), ['identity.role_granted'])
    await admin.post(`/api/v1/admin/roles/${grants[1]}/revocation`, { reason: 'A mistake' })
    await database.owner.query(`UPDATE facts SET due_at = now() WHERE name = 'identity.role_ends_soon'`)
    const [newest] = await told(amina)
    assert.equal(newest?.kind, 'identity.role_ends_soon')
    assert.match(newest?.message ?? '', /^Coach: until /)
    assert.deepEqual(kinds(await told(juma)), ['identity.role_granted'])
  })

  test('what became of their application, by word in the application and by the mail that went out anyway', async () => {
    const amina = await someone()
    const { application_id } = await makeCoachApplication(database.owner, amina.id)
    const path = `/api/v1/admin/coach-applications/${application_id}/decision`
    const reply = await admin.post(path, { decision: 'approved', note: 'Welcome' })
    assert.ok(reply.status < 300, reply.text)
    const items = await told(amina)
    assert.equal(items.find(({ kind }) => /application/.test(kind))?.title, 'Welcome among the coaches')
    const { rows } = await database.owner.query(
      `SELECT channel FROM notification_deliveries WHERE user_id = $1 AND kind = 'identity.coach_application_decided' ORDER BY 1`,
      [amina.id],
    )
    assert.deepEqual(
      rows.map(({ channel }) => channel),
      ['in_app', 'push'],
    )
  })

  test('that a partner invites them, if the address is theirs', async () => {
    const [owner, amina] = [await someone('Owner'), await someone()]
    const partner = await makePartner(database.owner, { [owner.id]: 'owner' })
    const path = `/api/v1/partners/${partner.partner_id}/invitations`
    for (const email of [amina.email, 'nobody@example.com'])
      assert.equal((await owner.client.post(path, { email, role: 'member' })).status, 201)
    assert.deepEqual(kinds(await told(amina)), ['partners.invitation_sent'])
  })

  test('of an event a day before, by the clock of the place, once, and not when it is off or has been moved', async () => {
    const [amina, waiting] = [await someone(), await someone()]
    const make = async (event_date: string) => {
      const event = await makeEvent(database.owner, {
        event_date,
        timezone: 'Europe/Paris',
        title: 'Open day',
      })
      await insert(database.owner, 'event_registrations', {
        event_id: event.event_id,
        user_id: amina.id,
        status: 'registered',
      })
      await insert(database.owner, 'event_registrations', {
        event_id: event.event_id,
        user_id: waiting.id,
        status: 'waitlisted',
      })
      return event.event_id!
    }
    const soon = new Date(Date.now() + 24 * 3_600_000 + 30 * 60_000)
    const [held, off, moved] = await Promise.all([1, 2, 3].map(() => make(soon.toISOString())))
    for (let n = 0; n < 2; n++) await planReminders(database.workerDb, new Date())
    const { rows } = await database.owner.query<{ due_at: string }>(
      `SELECT due_at FROM facts WHERE name = 'events.event_soon'`,
    )
    assert.equal(rows.length, 3)
    await database.owner.query(`UPDATE events SET status = 'cancelled' WHERE event_id = $1`, [off])
    await database.owner.query(
      `UPDATE events SET event_date = event_date + interval '2 days' WHERE event_id = $1`,
      [moved],
    )
    await database.owner.query(`UPDATE facts SET due_at = now() WHERE name = 'events.event_soon'`)
    const items = await told(amina)
    assert.deepEqual(
      items.map(({ title }) => title),
      ['Tomorrow: Open day'],
    )
    assert.match(items[0]?.message ?? '', /^It begins on .*(CET|CEST|GMT\+[12])\. /)
    assert.deepEqual(await told(waiting), [])
    assert.ok(held)
    await planReminders(database.workerDb, new Date())
    assert.equal((await told(amina)).length, 1)
  })
})
