import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makePartner, makeUser, type TestUser, unique, unknownId } from '../../testing/factories.ts'
import { type Mailbox, openMailbox } from '../../testing/mailbox.ts'
import { deleteExpiredInvitations } from './queries/invitations.ts'

type Invitation = { invitation_id: string; email: string; role: string; expires_at: string; code?: string }
type Answer = { partner_id: string; role: string; code?: string }
type Someone = TestUser & { client: Client }

describe('being invited to act for a partner', () => {
  let database: TestDatabase
  let app: TestApp
  let mailbox: Mailbox
  let owner: Someone
  let partner: string
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    mailbox = await openMailbox(app)
    owner = await someone()
    partner = (await makePartner(database.owner, { [owner.id]: 'owner' })).partner_id!
  })
  after(async () => {
    await mailbox.stop()
    await app.close()
    await database.close()
  })

  const someone = async (...roles: string[]): Promise<Someone> => {
    const user = await makeUser(database.owner, {}, ...roles)
    return { ...user, client: await signedIn(app, user) }
  }
  const address = () => `${unique('invited')}@example.com`
  const pathOf = (id = '') => `/api/v1/partners/${partner}/invitations${id && `/${id}`}`
  const invite = (email: string, role = 'member', client = owner.client) =>
    client.post<Invitation>(pathOf(), { email, role })
  const accept = (client: Client, token: string) =>
    client.post<Answer>('/api/v1/partner-invitations/acceptance', { token })
  const open = async (client = owner.client) =>
    (await client.get<{ items: Invitation[] }>(pathOf())).body.items
  const roleOf = async ({ id }: Someone) =>
    (
      await database.owner.query('SELECT role FROM partner_members WHERE partner_id = $1 AND user_id = $2', [
        partner,
        id,
      ])
    ).rows[0]?.role
  const isPartner = async ({ client }: Someone) =>
    (await client.get<{ roles: { role_name: string }[] }>('/api/v1/me')).body.roles.some(
      ({ role_name }) => role_name === 'partner',
    )

  test('leads by a mailed link into the membership, and with it into the role', async () => {
    const email = address()
    const { status, body } = await invite(email.toUpperCase(), 'manager')
    assert.deepEqual([status, body.email, body.role], [201, email, 'manager'])
    const week = Date.parse(body.expires_at) - Date.now()
    assert.ok(Math.abs(week - 7 * 86_400_000) < 60_000)
    const mail = await mailbox.about(email, /Pwani Trust invites you/)
    assert.match(mail.text, /as a manager/)
    const asha = await someone()
    const accepted = await accept(asha.client, await mailbox.token(email))
    assert.deepEqual([accepted.status, accepted.body], [200, { partner_id: partner, role: 'manager' }])
    assert.equal(await roleOf(asha), 'manager')
    assert.equal(await isPartner(asha), true)
    assert.ok(!(await open()).some((one) => one.email === email))
    const { rows } = await database.owner.query(
      `SELECT action, user_id FROM audit_logs WHERE metadata ->> 'invitation_id' = $1 ORDER BY timestamp, log_id`,
      [body.invitation_id],
    )
    assert.deepEqual(rows, [
      { action: 'partners.invitation_sent', user_id: owner.id },
      { action: 'partners.invitation_accepted', user_id: asha.id },
    ])
  })

  test('works once: of many who hold the link one joins', async () => {
    const email = address()
    await invite(email)
    const token = await mailbox.token(email)
    const people = await Promise.all(Array.from({ length: 6 }, () => someone()))
    const replies = await Promise.all(people.map(({ client }) => accept(client, token)))
    assert.equal(replies.filter(({ status }) => status === 200).length, 1)
    assert.equal(replies.filter(({ body }) => body.code === 'invitation.not_found').length, 5)
    const roles = await Promise.all(people.map(roleOf))
    assert.equal(roles.filter((role) => role === 'member').length, 1)
    const late = await accept((await someone()).client, token)
    assert.deepEqual([late.status, late.body.code], [404, 'invitation.not_found'])
  })

  test('sent again gives a new link, and either works, once', async () => {
    const email = address()
    const first = await invite(email)
    const one = await mailbox.token(email)
    const again = await invite(email, 'manager')
    assert.equal(again.body.invitation_id, first.body.invitation_id)
    const two = await mailbox.token(email, 2)
    assert.notEqual(one, two)
    const [asha, juma] = [await someone(), await someone()]
    assert.equal((await accept(asha.client, one)).body.role, 'manager')
    assert.equal((await accept(juma.client, two)).body.code, 'invitation.not_found')
    assert.equal(await roleOf(juma), undefined)
  })

  test('ends when it is withdrawn, too late, or its partner does not act any more', async () => {
    const [withdrawn, late, orphaned] = [address(), address(), address()]
    const ids = new Map<string, string>()
    for (const email of [withdrawn, late, orphaned]) ids.set(email, (await invite(email)).body.invitation_id)
    const tokens = await Promise.all([withdrawn, late, orphaned].map((email) => mailbox.token(email)))
    assert.equal((await owner.client.delete(pathOf(ids.get(withdrawn)))).status, 204)
    const twice = await owner.client.delete<Answer>(pathOf(ids.get(withdrawn)))
    assert.deepEqual([twice.status, twice.body.code], [404, 'invitation.not_found'])
    await database.owner.query(
      `UPDATE partner_invitations SET created_at = created_at - interval '8 days', expires_at = now() - interval '1 second'
       WHERE invitation_id = $1`,
      [ids.get(late)],
    )
    const asha = await someone()
    assert.equal((await accept(asha.client, tokens[0]!)).body.code, 'invitation.not_found')
    assert.equal((await accept(asha.client, tokens[1]!)).body.code, 'invitation.not_found')
    await database.owner.query(`UPDATE partners SET status = 'suspended' WHERE partner_id = $1`, [partner])
    assert.equal((await accept(asha.client, tokens[2]!)).body.code, 'invitation.not_found')
    await database.owner.query(`UPDATE partners SET status = 'active' WHERE partner_id = $1`, [partner])
    assert.equal(await isPartner(asha), false)
    assert.equal((await accept(asha.client, tokens[2]!)).status, 200, 'the refusal has taken nothing')
  })

  test('leaves who is a member already as they are', async () => {
    const email = address()
    await invite(email)
    assert.equal((await accept(owner.client, await mailbox.token(email))).body.role, 'owner')
    assert.equal(await roleOf(owner), 'owner')
  })

  test('is for owners and staff to send, see and withdraw, and makes no owners', async () => {
    const [manager, outsider, staff] = [await someone(), await someone(), await someone('admin')]
    await makePartner(database.owner, { [outsider.id]: 'owner' })
    await owner.client.put(`/api/v1/partners/${partner}/members/${manager.id}`, { role: 'manager' })
    const { invitation_id } = (await invite(address(), 'member', staff.client)).body
    for (const [{ client }, code] of [
      [manager, 'partner.owners_only'],
      [outsider, 'partner.members_only'],
    ] as const) {
      for (const reply of [
        await invite(address(), 'manager', client),
        await client.get<Invitation>(pathOf()),
        await client.delete<Invitation>(pathOf(invitation_id)),
      ]) {
        assert.deepEqual([reply.status, reply.body.code], [403, code])
      }
    }
    assert.ok((await open(staff.client)).some((one) => one.invitation_id === invitation_id))
    assert.equal((await invite(address(), 'owner')).status, 400)
    const stranger = clientOf(app)
    assert.equal((await invite(address(), 'member', stranger)).status, 401)
    assert.equal((await accept(stranger, 'x'.repeat(43))).status, 401)
    const others = await makePartner(database.owner, { [owner.id]: 'owner' })
    const elsewhere = await owner.client.delete<Answer>(
      `/api/v1/partners/${others.partner_id}/invitations/${invitation_id}`,
    )
    assert.equal(elsewhere.body.code, 'invitation.not_found')
  })

  test('takes no token of another kind, and none that was guessed', async () => {
    const asha = await someone()
    for (const token of ['x'.repeat(43), unknownId().padEnd(43, 'x')]) {
      assert.equal((await accept(asha.client, token)).body.code, 'invitation.not_found')
    }
    for (const token of ['', 'x'.repeat(42), `${'x'.repeat(43)}=`]) {
      assert.equal((await accept(asha.client, token)).status, 400)
    }
  })

  test('sends one address a handful of mails an hour, and says the same to who asks for more', async () => {
    const email = address()
    for (let n = 0; n < 8; n++) assert.equal((await invite(email)).status, 201)
    const { rows } = await database.owner.query<{ n: string }>(
      `SELECT count(*) AS n FROM outgoing_messages WHERE template = 'partner_invitation'
         AND params ->> 'invitation_id' = (SELECT invitation_id::text FROM partner_invitations WHERE email = $1)`,
      [email],
    )
    assert.equal(Number(rows[0]?.n), 5)
  })

  test('is swept a month after it ended, with the address, if nobody took it', async () => {
    const email = address()
    const { invitation_id } = (await invite(email)).body
    const sweep = () => database.workerDb.transaction(null, (tx) => deleteExpiredInvitations(tx, 100))
    const age = (days: number) =>
      database.owner.query(
        `UPDATE partner_invitations SET created_at = now() - interval '60 days', expires_at = now() - $2 * interval '1 day'
         WHERE invitation_id = $1`,
        [invitation_id, days],
      )
    await age(29)
    assert.equal(await sweep(), 0)
    await age(31)
    assert.equal(await sweep(), 1)
  })
})
