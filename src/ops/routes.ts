import { LIMITS, type LimitRules, type RouteRule } from '../platform/http/index.ts'
import type { OpsCommand } from './index.ts'

const HEAD = ['method', 'path', 'who', 'proof', 'on behalf', 'limit', 'in maintenance']

export const routesCommand: OpsCommand = {
  summary: 'list every route with who may call it, how often, and what it asks (--json: for machines)',
  words: ['--json'],
  async run(context) {
    const rules = ordered(await context.listRoutes(context))
    if (context.args.includes('--json')) {
      context.print(JSON.stringify({ routes: rules, limits: LIMITS }, null, 2))
    } else {
      const lines = [...aligned([HEAD, ...rules.map(rowOf)]), '', ...aligned(figures())]
      for (const line of lines) context.print(line)
    }
  },
}

/** HEAD is answered wherever GET is, by the same rules. */
function ordered(rules: readonly RouteRule[]): RouteRule[] {
  return rules
    .filter(({ method }) => method !== 'HEAD')
    .sort((a, b) => compare(a.path, b.path) || compare(a.method, b.method))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function rowOf(rule: RouteRule): string[] {
  return [
    rule.method,
    rule.path,
    whoOf(rule),
    rule.proof ? 'recent' : '',
    rule.access === 'public' ? '' : rule.impersonation ? 'yes' : 'refused',
    rule.limit,
    rule.inMaintenance ? 'open' : 'staff',
  ]
}

function whoOf({ access, permission, roles }: RouteRule): string {
  switch (access) {
    case 'public':
      return 'everybody'
    case 'signed_in':
      return 'signed in'
    case 'permission':
      return `${permission} (${roles.join(', ')})`
  }
}

/** The figures stand once, below. */
function figures(): string[][] {
  const rows = Object.entries<LimitRules>(LIMITS).map(([name, limit]) => [
    name,
    String(limit.perUser ?? ''),
    String(limit.perNetwork),
    String(limit.windowSeconds),
    limit.strict ? 'exact; refuses without a cache' : 'goes on without a cache',
  ])
  return [['limit', 'a person', 'a network', 'seconds', ''], ...rows]
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length)
    })
  }
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
