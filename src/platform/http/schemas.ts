import { type TSchema, type TSchemaOptions, Type } from 'typebox'
import { Format } from 'typebox/format'
import { isCountry } from '../countries.ts'
import { PAGE } from '../cursor.ts'
import { isHttpsLink } from '../https-links.ts'
import { LANGUAGES } from '../languages.ts'
import { isCurrency } from '../money.ts'
import { isTimeZone } from '../time-zones.ts'

Format.Set('country', isCountry)
Format.Set('currency', isCurrency)
Format.Set('https-link', (text) => isHttpsLink(text))
Format.Set('time-zone', isTimeZone)

/** Objects are closed everywhere: an unknown field is refused on the way in and a fault on the way out. */
export function Closed<T extends Record<string, TSchema>>(properties: T) {
  return Type.Object(properties, { additionalProperties: false })
}

/** What a PATCH takes, as a JSON merge patch (RFC 7396): an absent field stays, null clears where it may. At least one. */
export function Patch<T extends Record<string, TSchema>>(properties: T) {
  return Type.Partial(Closed(properties), { additionalProperties: false, minProperties: 1 })
}

export const Uuid = Type.String({ format: 'uuid', description: 'UUID (new ones are version 7)' })

/** One of these words. */
export function OneOf<const T extends string>(words: readonly T[], options: TSchemaOptions = {}) {
  // A union of a list says nothing of its members to the type.
  return Type.Unsafe<T>(
    Type.Union(
      words.map((word) => Type.Literal(word)),
      options,
    ),
  )
}

export const Language = OneOf(LANGUAGES)

export const Slug = Type.String({ pattern: '^[a-z0-9]+(?:-[a-z0-9]+)*$', maxLength: 200 })

/** As PostgreSQL's to_json writes it: ISO 8601 with microseconds and offset, in UTC. */
export const Timestamp = Type.String({ format: 'date-time', examples: ['2026-03-01T09:30:00.123456+00:00'] })

/** On the way in: one that is there. Replies say what was stored. */
export const Country = Type.String({
  format: 'country',
  maxLength: 2,
  description: 'ISO 3166-1 alpha-2, as KE',
})
export const Currency = Type.String({ format: 'currency', maxLength: 3, description: 'ISO 4217, as KES' })
export const TimeZone = Type.String({
  format: 'time-zone',
  maxLength: 50,
  description: 'IANA, as Africa/Nairobi',
})
export const HttpsLink = Type.String({
  format: 'https-link',
  maxLength: 500,
  examples: ['https://example.com/work'],
})

/** Beside other words, it may not turn the text around it (bidi controls) nor break its line, and says something. */
export function Line(maxLength: number) {
  return Type.String({
    minLength: 1,
    maxLength,
    pattern: '^(?=.*[\\p{L}\\p{N}])[^\\p{Cc}\\u2028-\\u202e\\u2066-\\u2069]+$',
    description: 'One line with a letter or digit in it, without control characters',
  })
}

/** Lines and paragraphs, under the same rule but for line feeds and tabs. */
export function Prose(maxLength: number) {
  return Type.String({
    minLength: 1,
    maxLength,
    pattern:
      '^(?=[\\s\\S]*[\\p{L}\\p{N}])[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069]+$',
    description: 'Text with a letter or digit in it, without control characters',
  })
}

/** Integer minor units under the exponents of ISO 4217 (KES 2, UGX 0). */
export const Money = Closed({
  amount_minor: Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
})

/** One page of a keyset-paginated list. */
export function Page<T extends TSchema>(item: T) {
  return Closed({ items: Type.Array(item), next_cursor: Nullable(Type.String()) })
}

/** The query of a list; spread `extra` filters into it: `PageQuery({ category: Slug })`. */
export function PageQuery<T extends Record<string, TSchema>>(filters: T) {
  return Closed({
    ...filters,
    cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: PAGE })),
  })
}

export function Nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()])
}

/** The body of every error (RFC 9457). Pointers start at the body's root; those of a query or path at /query or /path. */
export const Problem = Closed({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  code: Type.String({ description: 'Stable: domain.reason' }),
  instance: Type.String(),
  request_id: Type.String(),
  errors: Type.Array(Closed({ pointer: Type.String(), code: Type.String(), detail: Type.String() })),
})

/** For what a client may send again without knowing whether it arrived: see platform/idempotency. */
export const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      pattern: '^[\\x21-\\x7e]{1,255}$',
      description: 'Chosen by the client for this one thing; the same key makes it once, for a day',
    }),
  ),
})
