import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** The domain that owns each table, by the line **Tables** of the domains' READMEs. */
export const tableOwners: ReadonlyMap<string, string> = new Map(
  globSync('src/domains/*/README.md', { cwd: root }).flatMap((file) => {
    const [, list = ''] = /\*\*Tables\*\*:([^(;.]*)/.exec(readFileSync(join(root, file), 'utf8')) ?? []
    return [...list.matchAll(/\w+/g)].map(([table]) => [table, basename(dirname(file))] as const)
  }),
)

const OF_THE_PLATFORM = /^V0(?:01|13|50|51|70|77|78)__/

/** The tables that the domains' migrations make. */
export function tablesOfDomains(): string[] {
  return globSync('db/migrations/V*.sql', { cwd: root })
    .filter((file) => !OF_THE_PLATFORM.test(basename(file)))
    .flatMap((file) => [...readFileSync(join(root, file), 'utf8').matchAll(/^CREATE TABLE (\w+) \(/gm)])
    .map(([, table]) => table!)
}
