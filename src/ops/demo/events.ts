import { secretCode, uuidV7 } from './ids.ts'
import { paymentRow } from './payments.ts'
import type { Row } from './rows.ts'
import type { Event } from './shapes.ts'
import { DAY, iso, MINUTE, wallTimes } from './times.ts'
import type { World } from './world.ts'

const FILE = 'events.json'
/** Who holds a seat: a waiting or cancelled registration does not. */
const SEATED = new Set(['registered', 'attended', 'no_show'])

/** Events with tickets, agenda, speakers and who comes. */
export async function loadEvents(world: World): Promise<void> {
  const { client, content, times } = world
  const moments = await wallTimes(client, times.now, content.events)
  const placed = content.events.map((event, index) => place(world, event, moments[index]!))
  await world.insert(
    'events',
    placed.map(({ row }) => row),
  )
  await world.insert(
    'event_organizers',
    placed.flatMap(({ organizers }) => organizers),
  )
  await world.insert(
    'event_tickets',
    placed.flatMap(({ tickets }) => tickets),
  )
  await world.insert(
    'transactions',
    placed.flatMap(({ registrations }) => registrations.flatMap(({ payment }) => payment ?? [])),
  )
  await world.insert(
    'event_registrations',
    placed.flatMap(({ registrations }) => registrations.map(({ row }) => row)),
  )
}

type Ticket = Event['tickets'][number] & { ticketId: string }
type Placed = { event: Event; eventId: string; at: number; published: number }

function place(world: World, event: Event, at: number) {
  const { names, times } = world
  // Five weeks before, or two weeks ago for what is further off.
  const published = Math.min(at - 35 * DAY, times.daysAgo(14))
  const eventId = names.give('event', event.slug, FILE, published - DAY)
  const placed: Placed = { event, eventId, at, published }
  const tickets = event.tickets.map((ticket) => ({ ...ticket, ticketId: uuidV7(published) }))
  return {
    row: eventRow(world, placed),
    organizers: event.co_organizers.map((name) => ({
      event_id: eventId,
      user_id: names.of('person', name, FILE),
      added_at: iso(published - DAY),
    })),
    tickets: tickets.map((ticket) => ticketRow(world, placed, ticket)),
    registrations: event.registrations.map((one, index) => register(world, placed, tickets, one, index)),
  }
}

function eventRow({ content, names }: World, { event, eventId, at, published }: Placed): Row {
  return {
    event_id: eventId,
    title: event.title,
    slug: event.slug,
    description: event.description,
    agenda: agenda(event),
    language: event.language,
    event_date: iso(at),
    end_date: iso(at + event.duration_minutes * MINUTE),
    timezone: event.timezone,
    duration_minutes: event.duration_minutes,
    location_type: event.location_type,
    physical_address: event.physical_address,
    city: event.city,
    country: event.country,
    virtual_platform: event.virtual_platform,
    organizer_id: names.of('person', event.organizer, FILE),
    speakers: event.speakers.map(({ username, topic }) => ({
      user_id: names.of('person', username, FILE),
      name: content.people.find((person) => person.username === username)?.full_name,
      topic,
    })),
    capacity_limit: event.capacity_limit,
    registration_count: seats(event.registrations),
    status: event.status,
    is_featured: event.featured,
    registration_opens_at: iso(published),
    registration_closes_at: iso(at),
    meta_description: event.meta_description,
    created_at: iso(published - DAY),
    updated_at: iso(published),
    published_at: iso(published),
  }
}

/** A line an item, `09:45 Title`, in the event's own wall time. */
function agenda({ hour, minute, agenda: items }: Event): string {
  const clock = (minutes: number) =>
    [Math.floor(minutes / 60) % 24, minutes % 60].map((part) => String(part).padStart(2, '0')).join(':')
  return items.map((item) => `${clock(hour * 60 + minute + item.minute)} ${item.title}`).join('\n')
}

function ticketRow({ times }: World, { event, eventId, at, published }: Placed, ticket: Ticket): Row {
  const mine = event.registrations.filter((one) => one.ticket === ticket.name)
  const ends = ticket.sale_ends_day === undefined ? at : times.now + ticket.sale_ends_day * DAY
  return {
    ticket_id: ticket.ticketId,
    event_id: eventId,
    name: ticket.name,
    description: ticket.description,
    price: ticket.price,
    currency: ticket.currency,
    quantity_available: ticket.quantity_available,
    quantity_sold: seats(mine),
    sale_starts_at: iso(published),
    sale_ends_at: iso(ends),
    perks: ticket.perks,
    created_at: iso(published),
  }
}

function seats(registrations: Event['registrations']): number {
  return registrations.filter(({ status }) => SEATED.has(status)).length
}

/** One every day and a half from publication on; whoever attended was checked in by the organiser ten minutes before. */
function register(
  { content, names, times }: World,
  { event, eventId, at, published }: Placed,
  tickets: readonly Ticket[],
  one: Event['registrations'][number],
  index: number,
) {
  const userId = names.of('person', one.username, FILE)
  const ticket = tickets.find(({ name }) => name === one.ticket)
  if (!ticket) throw content.fault(FILE, one.ticket, `${event.slug} has no ticket called "${one.ticket}"`)
  const registered = Math.min(published + (index + 1) * 1.5 * DAY, at - DAY, times.now)
  const paid = ticket.price > 0 && SEATED.has(one.status)
  const payment = paid
    ? paymentRow({
        userId,
        amount: ticket.price,
        currency: ticket.currency,
        type: 'event',
        reference: { type: 'event', id: eventId },
        at: registered,
      })
    : null
  const attended = one.status === 'attended'
  return {
    payment,
    row: {
      registration_id: uuidV7(registered),
      event_id: eventId,
      ticket_id: ticket.ticketId,
      user_id: userId,
      registration_date: iso(registered),
      status: one.status,
      amount_paid: paid ? ticket.price : 0,
      transaction_id: payment?.transaction_id ?? null,
      ticket_code: secretCode(),
      checked_in: attended,
      checked_in_at: attended ? iso(at - 10 * MINUTE) : null,
      checked_in_by: attended ? names.of('person', event.organizer, FILE) : null,
    },
  }
}
