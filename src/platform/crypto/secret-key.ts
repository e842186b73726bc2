import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Config } from '../config.ts'

/** SECRET_KEY, or else a key made once and kept in the data folder, readable by its owner alone. */
export function secretKeyOf(config: Pick<Config, 'secretKey' | 'dataDir'>): string {
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
