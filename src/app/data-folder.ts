import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Config } from '../platform/config.ts'
import { OperatorError } from '../platform/errors.ts'

/** Makes the folder and proves by writing that it can be written. Throws OperatorError. */
export function prepareDataFolder(folder: string): void {
  const probe = path.join(folder, `.write-test-${process.pid}`)
  try {
    makeFolder(folder)
    writeFileSync(probe, '')
    rmSync(probe)
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new OperatorError(`DATA_DIR is "${folder}": expected a folder that can be written (${reason})`)
  }
}

/** mkdir's own `recursive` never returns where a file system refuses by ENOENT to make folders, as /proc does. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  makeFolder(path.dirname(folder))
  try {
    mkdirSync(folder)
  } catch (error) {
    // Another process may have made it in between.
    if (!existsSync(folder)) throw error
  }
}

/** SECRET_KEY, or else a key made once and kept in the data folder, readable by its owner alone. */
export function secretKeyOf(config: Config): string {
  if (config.secretKey !== null) return config.secretKey
  const file = path.join(config.dataDir, 'secret-key')
  if (!existsSync(file)) keepNewKey(file)
  return readFileSync(file, 'utf8').trim()
}

/** Of two processes that start at once, the first to link its key wins and both read that one. */
function keepNewKey(file: string): void {
  const mine = `${file}.${process.pid}`
  writeFileSync(mine, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 })
  try {
    linkSync(mine, file)
  } catch (error) {
    if (!existsSync(file)) throw error
  } finally {
    rmSync(mine, { force: true })
  }
}
