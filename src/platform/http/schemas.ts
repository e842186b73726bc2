import { type TSchema, type TSchemaOptions, Type } from 'typebox'
import { PAGE } from '../cursor.ts'
import { LANGUAGES } from '../languages.ts'

/** Objects are closed everywhere: an unknown field is refused on the way in and a fault on the way out. */
export function Closed<T extends Record<string, TSchema>>(properties: T) {
  return Type.Object(properties, { additionalProperties: false })
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
