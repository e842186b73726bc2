import { posix } from 'node:path'
import * as rules from './architecture-rules.ts'
import { codeAndStrings, codeOnly, type Import, importsOf, lineAt } from './architecture-source.ts'
import { tableOwners } from './table-owners.ts'

/** Paths from the root of the project, with `/`, and what they hold. */
export type Sources = ReadonlyMap<string, string>
export type Violation = {
  readonly file: string
  readonly line: number
  readonly rule: string
  readonly says: string
}

/** Every breach of the rules of the house in these files, exceptions not yet taken out. */
export function violations(sources: Sources): Violation[] {
  return [...sources].flatMap(([file, text]) => [...inFile(file, text)]).concat(importRings(sources))
}

export function describe({ file, line, rule, says }: Violation): string {
  return `${file}:${line} ${rule}: ${says}`
}

export function areaOf(file: string): { area: string; domain: string | undefined } | undefined {
  const area = rules.areas.find(([, pattern]) => posix.matchesGlob(file, pattern.replace('<d>', '*')))?.[0]
  return area === undefined ? undefined : { area, domain: /^src\/domains\/([^/]+)\//.exec(file)?.[1] }
}

function* inFile(file: string, text: string): Generator<Violation> {
  const place = areaOf(file)
  if (!place) return yield { file, line: 1, rule: 'place', says: 'this file stands in no area of the house' }
  yield* names(file)
  for (const found of importsOf(text)) {
    const says = importFault(file, found.specifier)
    if (says) yield { file, line: found.line, rule: 'import', says: `'${found.specifier}': ${says}` }
  }
  yield* marks(file, text, place.area)
  if (place.domain && place.area === 'queries') yield* borders(file, text, place.domain)
}

function* names(file: string): Generator<Violation> {
  const words = file.split(/[/.-]/)
  const bad = words.find((word) => rules.forbiddenNames.test(word))
  if (bad) yield { file, line: 1, rule: 'name', says: `"${bad}" says nothing of what is inside` }
  const domain = areaOf(file)?.domain
  if (domain && !(domain in rules.domainMap)) {
    yield { file, line: 1, rule: 'domain', says: `"${domain}" is not on the map of domains` }
  }
}

function importFault(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('node:')) return undefined
  if (!specifier.startsWith('.')) return packageFault(file, specifier)
  // The framework makes a page's types beside it, and knows them by this name alone.
  if (specifier === './$types' && areaOf(file)?.area === 'web') return undefined
  if (!/\.(ts|json|mjs|css|svelte)$/.test(specifier)) return 'a relative import ends in .ts'
  const target = posix.join(posix.dirname(file), specifier)
  const [from, to] = [areaOf(file)!, areaOf(target)]
  if (!to) return 'its target stands in no area of the house'
  const rule = ruleFor(from.area)
  return rule.may.some((grant) => grants(grant, from, to)) ? mapFault(from, to) : rule.because
}

function ruleFor(area: string): rules.Rule {
  return rules.imports[['config', 'db', 'http'].includes(area) ? 'platform' : area]!
}

type Place = NonNullable<ReturnType<typeof areaOf>>

function grants(grant: string, from: Place, to: Place): boolean {
  const [scope, area] = grant.includes(' ') ? (grant.split(' ') as [string, string]) : ['any', grant]
  if (area !== to.area) return false
  if (scope === 'own') return from.domain === to.domain
  if (scope === 'mapped') return from.domain !== to.domain
  return true
}

function mapFault(from: Place, to: Place): string | undefined {
  if (!from.domain || !to.domain || from.domain === to.domain || from.area === 'test') return undefined
  if (rules.domainMap[from.domain]?.includes(to.domain)) return undefined
  return `the map has no arrow from ${from.domain} to ${to.domain}`
}

function packageFault(file: string, specifier: string): string | undefined {
  const { area } = areaOf(file)!
  const { may, because } = ruleFor(area)
  const inside = (name: string) => specifier === name || specifier.startsWith(`${name}/`)
  const { packages, closedTo } = rules.httpPackages
  if (closedTo.includes(area) && packages.some(inside)) return because
  return may.some((grant) => grant === 'npm:*' || (grant.startsWith('npm:') && inside(grant.slice(4))))
    ? undefined
    : because
}

function* marks(file: string, text: string, area: string): Generator<Violation> {
  const code = codeOnly(text)
  const find = (pattern: RegExp, rule: string, says: string) =>
    [...code.matchAll(pattern)].map((match) => ({ file, line: lineAt(code, match.index), rule, says }))
  if (rules.sqlMarks.closedTo.includes(area))
    yield* find(rules.sqlMarks.pattern, 'SQL', 'SQL stands in queries')
  if (!rules.environment.openTo.includes(area)) {
    yield* find(rules.environment.pattern, 'environment', 'the environment is read in platform/config.ts')
  }
  if (!rules.defaultExports.openTo.includes(area)) {
    yield* find(/^\s*export\s+default\b|\bas\s+default\b/gm, 'default export', 'exports have names')
  }
}

/** Other domains' tables: written by nobody else, read along the map. */
function* borders(file: string, text: string, domain: string): Generator<Violation> {
  const code = codeAndStrings(text)
  const reached = (pattern: RegExp) =>
    [...code.matchAll(pattern)].map(({ index, groups }) => {
      const table = groups?.sql ?? groups?.builder ?? ''
      return { table, owner: tableOwners.get(table) ?? domain, line: lineAt(code, index) }
    })
  for (const { table, owner, line } of reached(rules.tableMarks.written)) {
    if (owner !== domain) yield { file, line, rule: 'owner', says: `${table} is ${owner}'s to write` }
  }
  for (const { table, owner, line } of reached(rules.tableMarks.read)) {
    if (owner === domain || rules.domainMap[domain]?.includes(owner)) continue
    yield { file, line, rule: 'owner', says: `the map has no arrow from ${domain} to ${table} of ${owner}` }
  }
}

/** Folders that import each other in a ring; tests left out. A file directly in src or platform counts alone. */
function importRings(sources: Sources): Violation[] {
  const arrows = new Map<string, Map<string, { file: string; found: Import }>>()
  for (const [file, text] of sources) {
    if (areaOf(file)?.area === 'test') continue
    for (const found of importsOf(text)) {
      const [from, to] = [folderOf(file), folderOf(posix.join(posix.dirname(file), found.specifier))]
      if (!found.specifier.startsWith('.') || from === to) continue
      const known = arrows.get(from) ?? new Map()
      arrows.set(from, known.has(to) ? known : known.set(to, { file, found }))
    }
  }
  const ring = findRing(new Map([...arrows].map(([from, to]) => [from, [...to.keys()]])))
  if (!ring) return []
  const { file, found } = arrows.get(ring[0]!)!.get(ring[1]!)!
  return [{ file, line: found.line, rule: 'ring', says: ring.join(' → ') }]
}

function folderOf(file: string): string {
  const parts = file.split('/')
  const alone = parts.length === 2 || (parts[1] === 'platform' && parts.length === 3)
  return alone ? file : parts.slice(0, ['platform', 'domains'].includes(parts[1]!) ? 3 : 2).join('/')
}

/** The first ring of a directed graph as the path around it, its first node again at the end. */
export function findRing(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>()
  const visit = (node: string, path: string[]): string[] | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node]
    if (done.has(node)) return undefined
    done.add(node)
    return firstOf(graph.get(node) ?? [], (next) => visit(next, [...path, node]))
  }
  return firstOf([...graph.keys()], (node) => visit(node, []))
}

function firstOf<A, B>(items: readonly A[], look: (item: A) => B | undefined): B | undefined {
  for (const item of items) {
    const found = look(item)
    if (found !== undefined) return found
  }
  return undefined
}
