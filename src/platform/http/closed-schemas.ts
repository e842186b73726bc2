import type { RouteOptions } from 'fastify'

const PARTS = ['body', 'querystring', 'params'] as const
const CHILDREN = ['properties', 'items', 'anyOf', 'oneOf', 'allOf'] as const

/** Throws when an object anywhere in a route's request schemas lets unknown fields pass: each must say what it takes. */
export function assertClosed(route: RouteOptions): void {
  for (const part of PARTS) {
    const open = openObject(route.schema?.[part], part)
    if (open !== undefined) throw new Error(`${route.method} ${route.url} takes unknown fields in ${open}`)
  }
}

/** The place of the first object that is not closed. Records (patternProperties) say what their values are. */
function openObject(schema: unknown, at: string): string | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined
  const node = schema as Readonly<Record<string, unknown>>
  const isRecord = 'patternProperties' in node
  if (node.type === 'object' && !isRecord && node.additionalProperties !== false) return at
  for (const key of CHILDREN) {
    const children = node[key]
    if (typeof children !== 'object' || children === null) continue
    const entries =
      key === 'items' && !Array.isArray(children) ? [['items', children]] : Object.entries(children)
    for (const [name, child] of entries) {
      const found = openObject(child, `${at}/${name}`)
      if (found !== undefined) return found
    }
  }
  return undefined
}
