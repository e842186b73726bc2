import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makePartner, makeUser, type TestUser, unknownId } from '../../testing/factories.ts'
import { untilWaiting } from '../../testing/waiting.ts'

type Member = { user_id: string; role: string; person: { full_name: string } | null; code?: string }
type List = { items: Member[]; next_cursor: string | null; code?: string }
type Someone = TestUser & { client: Client }

describe('who acts for a partner', () => {
  let database: TestDatabase
  let app: TestApp
  let staff: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    staff = (await someone('admin')).client
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const someone = async (...roles: string[]): Promise<Someone> => {
    const user = await makeUser(database.owner, {}, ...roles)
    return { ...user, client: await signedIn(app, user) }
  }
  const pathOf = (partnerId: string, userId = '') => `/api/v1/partners/${partnerId}/members/${userId}`
  const list = (partnerId: string, client: Client) =>
    client.get<List>(`/api/v1/partners/${partnerId}/members`)
  const put = (client: Client, partnerId: string, userId: string, role: string) =>
    client.put<Member>(pathOf(partnerId, userId), { role })
  const remove = (client: Client, partnerId: string, userId: string) =>
    client.delete<Member>(pathOf(partnerId, userId))
  const membersOf = async (partnerId: string) =>
    Object.fromEntries(
      (
        await database.owner.query('SELECT user_id, role FROM partner_members WHERE partner_id = $1', [
          partnerId,
        ])
      ).rows.map(({ user_id, role }) => [user_id, role]),
    )
  const isPartner = async ({ client }: Someone) =>
    (await client.get<{ roles: { role_name: string }[] }>('/api/v1/me')).body.roles.some(
      ({ role_name }) => role_name === 'partner',
    )
  const grantsOf = async ({ id }: Someone) =>
    (
      await database.owner.query(
        `SELECT granted_by, revoked_by, revoked_at IS NULL AS held FROM user_roles
         WHERE user_id = $1 AND role_name = 'partner' ORDER BY user_role_id`,
        [id],
      )
    ).rows

  /** An organisation with an owner, a manager and a member, and somebody of another one. */
  const organisation = async () => {
    const [owner, manager, member, outsider] = await Promise.all([someone(), someone(), someone(), someone()])
    const roles = { [owner.id]: 'owner', [manager.id]: 'manager', [member.id]: 'member' } as const
    const partner = (await makePartner(database.owner, roles)).partner_id!
    const other = (await makePartner(database.owner, { [outsider.id]: 'owner' })).partner_id!
    return { owner, manager, member, outsider, partner, other }
  }

  test('is read by its members and staff, page by page, and by nobody else', async () => {
    const { owner, manager, member, outsider, partner } = await organisation()
    for (const client of [owner.client, manager.client, member.client, staff]) {
      const walked: string[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const url: string = `/api/v1/partners/${partner}/members?limit=2${cursor && `&cursor=${cursor}`}`
        const { body }: { body: List } = await client.get<List>(url)
        walked.push(...body.items.map(({ user_id }) => user_id))
        cursor = body.next_cursor
      }
      assert.deepEqual(walked, [owner.id, manager.id, member.id])
    }
    const refused = await list(partner, outsider.client)
    assert.deepEqual([refused.status, refused.body.code], [403, 'partner.members_only'])
    assert.equal((await list(partner, clientOf(app))).status, 401)
    assert.equal((await list(unknownId(), staff)).body.code, 'partner.not_found')
  })

  test('is decided by owners and staff, and the role partner follows', async () => {
    const { owner, partner } = await organisation()
    for (const [by, role] of [
      [owner.client, 'manager'],
      [staff, 'owner'],
    ] as const) {
      const person = await someone()
      assert.equal(await isPartner(person), false)
      const added = await put(by, partner, person.id, role)
      assert.deepEqual([added.status, added.body.role, added.body.user_id], [201, role, person.id])
      assert.equal(await isPartner(person), true)
      assert.equal((await list(partner, person.client)).status, 200)
      const changed = await put(by, partner, person.id, 'member')
      assert.deepEqual([changed.status, changed.body.role], [200, 'member'])
      assert.equal((await put(by, partner, person.id, 'member')).status, 200)
      assert.equal((await remove(by, partner, person.id)).status, 204)
      assert.equal(await isPartner(person), false)
      assert.equal((await list(partner, person.client)).body.code, 'partner.members_only')
      assert.equal((await remove(by, partner, person.id)).body.code, 'member.not_found')
    }
  })

  test('is recorded with who did it, from what to what', async () => {
    const { owner, partner } = await organisation()
    const person = await someone()
    await put(owner.client, partner, person.id, 'member')
    await put(owner.client, partner, person.id, 'manager')
    await remove(owner.client, partner, person.id)
    const { rows } = await database.owner.query(
      `SELECT action, changes -> 'role' AS role, metadata ->> 'user_id' AS whose FROM audit_logs
       WHERE user_id = $1 AND entity_id = $2 ORDER BY timestamp, log_id`,
      [owner.id, partner],
    )
    assert.deepEqual(
      rows.map(({ action, role, whose }) => [action, JSON.parse(role), whose]),
      [
        ['partners.member_added', { from: null, to: 'member' }, person.id],
        ['partners.member_role_changed', { from: 'member', to: 'manager' }, person.id],
        ['partners.member_removed', { from: 'manager', to: null }, person.id],
      ],
    )
    assert.deepEqual(await grantsOf(person), [{ granted_by: owner.id, revoked_by: owner.id, held: 'f' }])
  })

  test('is not decided by managers, members, outsiders or owners of another partner, for themselves or others', async () => {
    const { owner, manager, member, outsider, partner } = await organisation()
    const before = await membersOf(partner)
    const person = await someone()
    for (const [by, code] of [
      [manager, 'partner.owners_only'],
      [member, 'partner.owners_only'],
      [outsider, 'partner.members_only'],
      [person, 'partner.members_only'],
    ] as const) {
      for (const [whom, role] of [
        [by.id, 'owner'],
        [by.id, 'manager'],
        [person.id, 'member'],
        [owner.id, 'member'],
      ] as const) {
        const { status, body } = await put(by.client, partner, whom, role)
        assert.deepEqual([status, body.code], [403, code], `${role} for ${whom}`)
      }
      const { body } = await remove(by.client, partner, owner.id)
      assert.equal(body.code, code)
    }
    assert.deepEqual(await membersOf(partner), before)
    assert.equal(await isPartner(person), false)
  })

  test('holds against the database itself: no row of a member can be moved or raised past the rules', async () => {
    const { manager, partner, other } = await organisation()
    const actor = { userId: manager.id, roles: [], sessionId: '', provenAt: 0, impersonatorId: null }
    const as = (text: string, values: unknown[]) =>
      database.db.textAs(actor, { name: text.slice(0, 40), text }, values)
    const mine = [partner, manager.id]
    const raised = `UPDATE partner_members SET role = 'owner' WHERE partner_id = $1 AND user_id = $2 RETURNING role`
    assert.equal(await as(raised, mine), null)
    const moved = 'UPDATE partner_members SET partner_id = $2 WHERE partner_id = $1 RETURNING role'
    await assert.rejects(as(moved, [partner, other]), /permission denied/)
    const joined = `INSERT INTO partner_members (partner_id, user_id, role) VALUES ($1, $2, 'owner') RETURNING role`
    await assert.rejects(as(joined, [other, manager.id]), /row-level security/)
    const held = `INSERT INTO user_roles (user_id, role_name, granted_by) VALUES ($1, 'partner', $1) RETURNING role_name`
    await assert.rejects(as(held, [manager.id]), /row-level security|one_grant_at_a_time/)
    const stranger = await someone()
    assert.equal(await as('SELECT settle_partner_role($1)', [stranger.id]), null)
    assert.equal(await isPartner(stranger), false)
  })

  test('may leave by themselves, whatever they are', async () => {
    const { manager, member, partner } = await organisation()
    for (const one of [manager, member]) {
      assert.equal((await remove(one.client, partner, one.id)).status, 204)
      assert.equal(await isPartner(one), false)
    }
  })

  test('gains and loses the role partner at once, also in a session that is open, and by an owner who is no staff', async () => {
    const { owner, partner } = await organisation()
    const newcomer = await someone()
    const roles = async () =>
      (await newcomer.client.get<{ roles: string[] }>('/api/v1/auth/session')).body.roles
    assert.deepEqual(await roles(), ['member'])
    await put(owner.client, partner, newcomer.id, 'member')
    assert.deepEqual(await roles(), ['member', 'partner'])
    await remove(owner.client, partner, newcomer.id)
    assert.deepEqual(await roles(), ['member'])
  })

  test('keeps the role partner while another membership lasts', async () => {
    const { owner, member, outsider, partner, other } = await organisation()
    await put(outsider.client, other, member.id, 'member')
    await remove(owner.client, partner, member.id)
    assert.equal(await isPartner(member), true)
    await remove(member.client, other, member.id)
    assert.equal(await isPartner(member), false)
    assert.equal((await grantsOf(member)).length, 1)
  })

  test('the last owner neither leaves nor steps down, nor is dismissed by staff, until there is another', async () => {
    const { owner, manager, partner } = await organisation()
    for (const reply of [
      await remove(owner.client, partner, owner.id),
      await put(owner.client, partner, owner.id, 'manager'),
      await remove(staff, partner, owner.id),
      await put(staff, partner, owner.id, 'member'),
    ]) {
      assert.deepEqual([reply.status, reply.body.code], [409, 'partner.last_owner'])
    }
    assert.equal(await isPartner(owner), true)
    await put(owner.client, partner, manager.id, 'owner')
    assert.equal((await remove(owner.client, partner, owner.id)).status, 204)
    assert.equal((await membersOf(partner))[manager.id], 'owner')
  })

  test('of all owners who leave or step down at once one remains', async () => {
    for (let n = 0; n < 4; n++) {
      const owners = await Promise.all([someone(), someone(), someone(), someone()])
      const roles = Object.fromEntries(owners.map(({ id }) => [id, 'owner' as const]))
      const { partner_id } = await makePartner(database.owner, roles)
      const replies = await Promise.all(
        owners.map(({ client, id }, place) =>
          place % 2 ? remove(client, partner_id!, id) : put(client, partner_id!, id, 'member'),
        ),
      )
      assert.equal(replies.filter(({ body }) => body?.code === 'partner.last_owner').length, 1)
      const left = Object.values(await membersOf(partner_id!)).filter((role) => role === 'owner')
      assert.equal(left.length, 1)
    }
  })

  test('the second of two owners waits for the first, and then sees that they are alone', async () => {
    const [one, two] = [await someone(), await someone()]
    const { partner_id } = await makePartner(database.owner, { [one.id]: 'owner', [two.id]: 'owner' })
    const first = await database.owner.connect()
    try {
      await first.query('BEGIN')
      await first.query('SET CONSTRAINTS ALL IMMEDIATE') // what the commit would do, and then wait
      await first.query('DELETE FROM partner_members WHERE user_id = $1', [one.id])
      const second = remove(two.client, partner_id!, two.id)
      await untilWaiting(database.owner)
      await first.query('COMMIT')
      assert.equal((await second).body.code, 'partner.last_owner')
    } finally {
      first.release()
    }
  })

  test('an owner whose account is gone does not hold the place, and is not held by it', async () => {
    const { owner, member, partner } = await organisation()
    await put(owner.client, partner, member.id, 'owner')
    await database.owner.query(`UPDATE users SET status = 'deleted' WHERE user_id = $1`, [member.id])
    assert.equal((await remove(owner.client, partner, owner.id)).body.code, 'partner.last_owner')
    await database.owner.query('DELETE FROM partner_members WHERE user_id = $1', [member.id])
    await database.owner.query('DELETE FROM partners WHERE partner_id = $1', [partner])
    assert.deepEqual(await membersOf(partner), {})
  })

  test('memberships that begin and end at once leave the role as the memberships are', async () => {
    for (let n = 0; n < 6; n++) {
      const { owner, member, outsider, partner, other } = await organisation()
      const replies = await Promise.all([
        remove(owner.client, partner, member.id),
        put(outsider.client, other, member.id, 'member'),
      ])
      assert.deepEqual(
        replies.map(({ status }) => status),
        [204, 201],
      )
      assert.equal(await isPartner(member), true)
      await Promise.all([
        remove(outsider.client, other, member.id),
        remove(member.client, other, member.id),
        remove(owner.client, partner, member.id),
      ])
      assert.equal(await isPartner(member), false)
    }
  })

  test('somebody who is not there, or no longer, is not made a member', async () => {
    const { owner, partner } = await organisation()
    const gone = await someone()
    await database.owner.query(`UPDATE users SET status = 'suspended' WHERE user_id = $1`, [gone.id])
    for (const nobody of [unknownId(), gone.id]) {
      const { status, body } = await put(owner.client, partner, nobody, 'member')
      assert.deepEqual([status, body.code], [404, 'person.not_found'])
    }
    const wrong = await owner.client.put(pathOf(partner, owner.id), { role: 'super_admin' })
    assert.equal(wrong.status, 400)
    const more = await owner.client.put(pathOf(partner, owner.id), { role: 'owner', joined_at: '2020-01-01' })
    assert.equal(more.status, 400)
  })

  test('a suspended partner is not there for outsiders', async () => {
    const { owner, outsider, partner } = await organisation()
    await database.owner.query(`UPDATE partners SET status = 'suspended' WHERE partner_id = $1`, [partner])
    assert.equal((await list(partner, outsider.client)).body.code, 'partner.not_found')
    assert.equal((await list(partner, owner.client)).status, 200)
  })
})
