import { slugOf } from '../../../platform/slug.ts'
import { HOUR } from '../calendar.ts'
import { scramble, streamOf, uniform } from '../draws.ts'
import { chosen, headline, passage } from '../phrases.ts'
import { references } from '../references.ts'
import { inTimeOrder } from '../shared-arrays.ts'
import type { Table } from '../table.ts'
import { SKILLS } from '../taxonomy.ts'
import { currencyOf } from '../world/courses.ts'
import { ATTENDED, CANCELLED, STANDINGS } from '../world/gatherings.ts'
import { countryOf } from '../world/people.ts'
import { languageAt, nameOf } from './people.ts'

export const events: Table = {
  name: 'events',
  open(world) {
    const { gatherings, people, calendar, seed } = world
    const ref = references(world)
    const u = uniform(seed, 'events.words')
    const name = nameOf(seed, people)
    const language = (i: number) => languageAt(u(i))
    const place = (i: number) =>
      (['virtual', 'physical', 'hybrid'] as const)[Math.floor(((u(i) * 13) % 1) * 3)]!
    const title = (i: number) => headline(language(i), u(i), chosen(SKILLS, (u(i) * 7) % 1))
    const ends = (i: number) => gatherings.at[i]! + 2 * HOUR
    return {
      count: gatherings.count,
      fields: {
        event_id: ref.event,
        title: (rows, i) => rows.text(title(i)),
        slug: (rows, i) => rows.text(`${slugOf(title(i))}-${i + 1}`),
        description: (rows, i) => rows.text(passage(language(i), u(i), 600)),
        agenda: (rows, i) => rows.text(passage(language(i), (u(i) * 3) % 1, 250)),
        language: (rows, i) => rows.text(language(i)),
        event_date: (rows, i) => rows.time(gatherings.at[i]!),
        end_date: (rows, i) => rows.time(ends(i)),
        timezone: (rows, i) => rows.text(countryOf(people, gatherings.organizer[i]!).zone),
        duration_minutes: (rows) => rows.int(120),
        location_type: (rows, i) => rows.text(place(i)),
        physical_address: (rows, i) => {
          const { city, code: country } = countryOf(people, gatherings.organizer[i]!)
          if (place(i) === 'virtual') rows.null()
          else rows.text(`Community hall, ${chosen(city, u(i))}, ${country}`)
        },
        city: (rows, i) => {
          const { city } = countryOf(people, gatherings.organizer[i]!)
          if (place(i) === 'virtual') rows.null()
          else rows.text(chosen(city, u(i)))
        },
        country: (rows, i) => {
          if (place(i) === 'virtual') rows.null()
          else rows.text(countryOf(people, gatherings.organizer[i]!).code)
        },
        virtual_platform: (rows, i) => (place(i) === 'physical' ? rows.null() : rows.text('zoom')),
        organizer_id: (rows, i) => ref.user(rows, gatherings.organizer[i]!),
        speakers: (rows, i) => {
          const { given, family } = name(gatherings.organizer[i]!)
          rows.jsonb([{ name: `${given} ${family}`, bio: chosen(SKILLS, u(i)) }])
        },
        capacity_limit: (rows, i) => rows.int(gatherings.capacity[i]!),
        registration_count: (rows, i) => rows.int(gatherings.sold[i * 2]! + gatherings.sold[i * 2 + 1]!),
        attendance_count: (rows, i) => rows.int(gatherings.attended[i]!),
        status: (rows, i) => rows.text(ends(i) < calendar.end ? 'completed' : 'published'),
        is_featured: (rows, i) => rows.bool(u(i) > 0.97),
        registration_opens_at: (rows, i) => rows.time(gatherings.published[i]!),
        registration_closes_at: (rows, i) => rows.time(gatherings.at[i]!),
        created_at: (rows, i) => rows.time(gatherings.published[i]!),
        updated_at: (rows, i) => rows.time(gatherings.published[i]!),
        published_at: (rows, i) => rows.time(gatherings.published[i]!),
      },
    }
  },
}

export const tickets: Table = {
  name: 'event_tickets',
  open(world) {
    const { gatherings, people } = world
    const ref = references(world)
    const event = (t: number) => t >> 1
    return {
      count: gatherings.count * 2,
      fields: {
        ticket_id: ref.ticket,
        event_id: (rows, t) => ref.event(rows, event(t)),
        name: (rows, t) => rows.text(t & 1 ? 'Supporter' : 'General'),
        price: (rows, t) => rows.decimal(gatherings.price[event(t)]! * (1 + (t & 1))),
        currency: (rows, t) => rows.text(currencyOf(people, gatherings.organizer[event(t)]!)),
        quantity_available: (rows, t) => rows.int(gatherings.capacity[event(t)]!),
        quantity_sold: (rows, t) => rows.int(gatherings.sold[t]!),
        sale_starts_at: (rows, t) => rows.time(gatherings.published[event(t)]!),
        sale_ends_at: (rows, t) => rows.time(gatherings.at[event(t)]!),
        perks: (rows, t) => rows.jsonb(t & 1 ? ['Recordings', 'Certificate'] : ['Recordings']),
        created_at: (rows, t) => rows.time(gatherings.published[event(t)]!),
      },
    }
  },
}

export const registrations: Table = {
  name: 'event_registrations',
  open(world) {
    const { gatherings, seed } = world
    const ref = references(world)
    const order = inTimeOrder(gatherings.registered)
    const codes = ['a', 'b', 'c'].map((part) => streamOf(seed, `ticket.code.${part}`))
    const r = (i: number) => order[i]!
    const event = (i: number) => gatherings.event[r(i)]!
    const price = (i: number) => gatherings.price[event(i)]! * (1 + gatherings.ticket[r(i)]!)
    const standing = (i: number) => gatherings.standing[r(i)]!
    const leaves = (i: number) =>
      Math.floor((gatherings.registered[r(i)]! + Math.min(world.calendar.end, gatherings.at[event(i)]!)) / 2)
    return {
      count: order.length,
      fields: {
        registration_id: (rows, i) => ref.registration(rows, r(i)),
        event_id: (rows, i) => ref.event(rows, event(i)),
        ticket_id: (rows, i) => ref.ticket(rows, event(i) * 2 + gatherings.ticket[r(i)]!),
        user_id: (rows, i) => ref.user(rows, gatherings.person[r(i)]!),
        registration_date: (rows, i) => rows.time(gatherings.registered[r(i)]!),
        status: (rows, i) => rows.text(STANDINGS[standing(i)]!),
        amount_paid: (rows, i) => rows.decimal(price(i)),
        transaction_id: (rows, i) =>
          price(i) > 0 ? ref.payment(rows, 'event', r(i), gatherings.registered[r(i)]!) : rows.null(),
        ticket_code: (rows, i) =>
          rows.text(codes.map((code) => scramble(r(i), code).toString(36).padStart(7, '0')).join('')),
        checked_in: (rows, i) => rows.bool(standing(i) === ATTENDED),
        checked_in_at: (rows, i) => rows.timeOrNull(standing(i) === ATTENDED ? gatherings.at[event(i)]! : 0),
        cancelled_at: (rows, i) => rows.timeOrNull(standing(i) === CANCELLED ? leaves(i) : 0),
        refund_issued: (rows, i) => rows.bool(standing(i) === CANCELLED && price(i) > 0),
      },
    }
  },
}
