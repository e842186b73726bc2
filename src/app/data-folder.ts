import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
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
