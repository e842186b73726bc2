import type { TSchema } from 'typebox'

type Read = (text: unknown) => unknown
type Field = { readonly name: string; readonly read: Read | undefined; readonly fallback: unknown }

const WHOLE = /^-?\d{1,15}$/
const DECIMAL = /^-?\d{1,15}(\.\d{1,15})?$/

/**
 * Turns the texts of a query or path into what the schema asks for: whole numbers, decimals, true and false, a list
 * of one. What does not fit exactly stays text, so that validation names it ('12abc', '1e9' and '' are not numbers).
 * Works in place: the object was made for this request alone.
 */
export function queryReader(schema: TSchema): (received: unknown) => unknown {
  const fields = fieldsOf(schema)
  if (fields.length === 0) return (received) => received
  return (received) => {
    const values = received as Record<string, unknown> // Fastify's parsers give an object without prototype
    for (const { name, read, fallback } of fields) {
      const value = values[name]
      if (value === undefined) {
        if (fallback !== undefined) values[name] = fallback
      } else if (read !== undefined) values[name] = read(value)
    }
    return values
  }
}

function fieldsOf(schema: TSchema): Field[] {
  const properties = 'properties' in schema ? (schema.properties as Record<string, SchemaNode>) : {}
  return Object.entries(properties)
    .map(([name, property]) => ({ name, read: readerOf(property), fallback: property.default }))
    .filter((field) => field.read !== undefined || field.fallback !== undefined)
}

type SchemaNode = { type?: string; items?: SchemaNode; default?: unknown }

function readerOf(property: SchemaNode): Read | undefined {
  switch (property.type) {
    case 'integer':
      return (text) => (typeof text === 'string' && WHOLE.test(text) ? Number(text) : text)
    case 'number':
      return (text) => (typeof text === 'string' && DECIMAL.test(text) ? Number(text) : text)
    case 'boolean':
      return (text) => (text === 'true' ? true : text === 'false' ? false : text)
    case 'array':
      return listReader(property.items ?? {})
    default:
      return undefined
  }
}

function listReader(items: SchemaNode): Read {
  const read = readerOf(items)
  return (value) => {
    const list = Array.isArray(value) ? value : [value]
    return read === undefined ? list : list.map(read)
  }
}
