import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What docs/schema-conformance.md says, by the title of its section: each row's first two cells. */
export type ConformancePage = {
  readonly rules: readonly string[]
  /** Object → its definition in our database; '' where nothing stands. */
  readonly differences: ReadonlyMap<string, string>
  /** Index left out → the index or constraint that serves in its place. */
  readonly leftOut: ReadonlyMap<string, string>
  readonly added: readonly string[]
}

const FILE = join(import.meta.dirname, '../../docs/schema-conformance.md')

export function readConformancePage(): ConformancePage {
  const sections = new Map(
    readFileSync(FILE, 'utf8')
      .split(/^## /m)
      .map((section) => [section.slice(0, section.indexOf('\n')), rowsOf(section)]),
  )
  const rows = (title: string) => {
    const found = sections.get(title)
    if (!found) throw new Error(`docs/schema-conformance.md has no section "${title}"`)
    return found
  }
  return {
    rules: rows('Rules').map(([name]) => name),
    differences: new Map(rows('Objects that differ')),
    leftOut: new Map(rows('Indexes left out')),
    added: rows('What is added').map(([name]) => name),
  }
}

function rowsOf(section: string): [string, string][] {
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const [, first, second] = line.split(/(?<!\\)\|/).map(unquote)
      return [first ?? '', second === 'nothing' ? '' : (second ?? '')]
    })
}

function unquote(cell: string): string {
  return cell
    .trim()
    .replace(/^`(.*)`$/, '$1')
    .replaceAll('\\|', '|')
}
