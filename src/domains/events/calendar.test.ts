import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import ICAL from 'ical.js'
import { type Client, clientOf, signIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeEvent, makeUser, type Values } from '../../testing/factories.ts'
import { forgetEvent } from './index.ts'

describe('an event as a calendar file', () => {
  let database: TestDatabase
  let app: TestApp
  let stranger: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    stranger = clientOf(app)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const make = (slug: string, values: Values = {}) => makeEvent(database.owner, { slug, ...values })
  const fetch = (slug: string, client = stranger) => client.get(`/api/v1/events/${slug}/calendar`)
  /** As another implementation reads it. */
  const parsed = async (slug: string) => {
    const calendar = new ICAL.Component(ICAL.parse((await fetch(slug)).text))
    return new ICAL.Event(calendar.getFirstSubcomponent('vevent')!)
  }

  test('another implementation reads what was written: odd characters, times, place and address', async () => {
    const title = 'Soko, "bei"; na \\njia\\ — 🧵 Ndoto'
    const description = `Siku ya kwanza;\r\nya pili,\tna ya tatu.\u0007\n${'Kitenge cha Élise 🧵 '.repeat(30)}`
    const address = 'Kariokor Social Hall, Nairobi; Kenya'
    const row = await make('odd', {
      title,
      description,
      location_type: 'physical',
      physical_address: address,
      event_date: '2027-03-01T09:30:00+03:00',
      duration_minutes: 450,
    })
    const event = await parsed('odd')
    assert.equal(event.uid, row.event_id)
    assert.equal(event.summary, title)
    assert.ok(event.description.startsWith(description.replace('\r\n', '\n').replace('\u0007', '')))
    assert.equal(event.location, address)
    assert.equal(event.startDate.toJSDate().toISOString(), '2027-03-01T06:30:00.000Z')
    assert.equal(event.endDate.toJSDate().toISOString(), '2027-03-01T14:00:00.000Z')
    assert.match(String(event.component.getFirstPropertyValue('url')), /\/events\/odd$/)
  })

  test('every line ends with CRLF and is at most 75 octets, none torn within a character', async () => {
    await make('long', { title: 'é🧵'.repeat(60), description: 'ñ'.repeat(400) })
    const { text, headers } = await fetch('long')
    assert.equal(headers['content-type'], 'text/calendar; charset=utf-8')
    assert.equal(headers['content-disposition'], 'attachment; filename="long.ics"')
    assert.ok(text.endsWith('END:VCALENDAR\r\n') && !/[^\r]\n/.test(text))
    for (const line of text.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 75, line)
    assert.ok(!text.includes('\ufffd'))
    assert.equal((await parsed('long')).summary, 'é🧵'.repeat(60))
  })

  test('a changed event keeps its uid and counts on; a cancelled one says so', async () => {
    await make('moving', { updated_at: '2026-01-01T00:00:00Z' })
    const before = await parsed('moving')
    await database.owner.query(`UPDATE events SET status = 'cancelled' WHERE slug = 'moving'`)
    await forgetEvent(app.services, 'moving')
    const after = await parsed('moving')
    assert.equal(after.uid, before.uid)
    assert.ok(after.sequence > before.sequence)
    assert.equal(after.component.getFirstPropertyValue('status'), 'CANCELLED')
  })

  test('a draft is for its organizer alone, an old address leads on, an unknown one nowhere', async () => {
    const organizer = await makeUser(database.owner)
    await make('draft', { organizer_id: organizer.id, status: 'draft' })
    const own = await fetch('draft', await signIn(app, organizer))
    assert.deepEqual([own.status, own.headers['cache-control']], [200, 'private, no-store'])
    assert.equal((await fetch('draft')).status, 404)
    await make('old-name')
    await database.owner.query(`UPDATE events SET slug = 'new-name' WHERE slug = 'old-name'`)
    const moved = await fetch('old-name')
    assert.deepEqual([moved.status, moved.headers.location], [301, '/api/v1/events/new-name/calendar'])
    assert.equal((await fetch('nowhere')).status, 404)
  })
})
