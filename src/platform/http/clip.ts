type Node = Readonly<Record<string, unknown>>

/**
 * A copy in which every text and list ends just beyond its own limit. To name the faults of a request each rule is
 * judged, also those of a text that is too long already: without the cut one of 100,000 characters kept a pattern that
 * backtracks busy, and with it the whole process, for nine seconds.
 */
export function clipToLimits(schema: unknown, value: unknown): unknown {
  if (!isNode(schema)) return value
  // A code point takes two units at most, so what is left is still too long.
  if (typeof value === 'string') return value.slice(0, 2 * limit(schema.maxLength) + 2)
  if (Array.isArray(value)) {
    return value.slice(0, limit(schema.maxItems) + 1).map((item) => clipToLimits(schema.items, item))
  }
  if (!isNode(value) || !isNode(schema.properties)) return value
  const clipped = { ...value }
  for (const [name, property] of Object.entries(schema.properties)) {
    if (Object.hasOwn(value, name)) clipped[name] = clipToLimits(property, value[name])
  }
  return clipped
}

function limit(length: unknown): number {
  return typeof length === 'number' ? length : Number.POSITIVE_INFINITY
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null
}
