import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { startEmbedded } from '../platform/db/embedded.ts'
import { migrate } from '../platform/db/migrate.ts'
import { schemaTypesOf } from '../platform/db/schema-types.ts'
import { structureOf } from '../platform/db/structure.ts'
import { OperatorError } from '../platform/errors.ts'
import type { Logger } from '../platform/log.ts'
import type { OpsCommand } from './index.ts'

const ROOT = path.join(import.meta.dirname, '../..')

export const schemaCommand: OpsCommand = {
  summary: 'write db/structure.sql and the Kysely types from the migrations (--check: only compare)',
  words: ['--check'],
  async run({ args, log, print }) {
    const stale = await staleFiles(log)
    if (args.includes('--check') && stale.length > 0) {
      const names = stale.map(({ file }) => file).join(' and ')
      throw new OperatorError(`${names} differ from the migrations: run npm run ops -- schema`)
    }
    for (const { file, text } of stale) {
      await writeFile(path.join(ROOT, file), text)
      print(`wrote ${file}`)
    }
    if (stale.length === 0) print('up to date')
  },
}

/** The generated files whose text on disk is not what a freshly migrated PostgreSQL 18 gives. Takes a few seconds. */
export async function staleFiles(log: Logger): Promise<{ file: string; text: string }[]> {
  const files = await generate(log)
  const onDisk = await Promise.all(
    files.map(({ file }) => readFile(path.join(ROOT, file), 'utf8').catch(() => '')),
  )
  return files.filter(({ text }, index) => text !== onDisk[index])
}

/** In a database of its own, thrown away: neither the data nor the version of a configured one can show in the files. */
async function generate(log: Logger): Promise<{ file: string; text: string }[]> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'bcn-schema-'))
  const database = await startEmbedded({ dataDir, log })
  try {
    await migrate(database.ownerUrl, { dir: path.join(ROOT, 'db') })
    return await describe(database.ownerUrl)
  } finally {
    await database.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function describe(ownerUrl: string): Promise<{ file: string; text: string }[]> {
  const owner = new pg.Client(ownerUrl)
  await owner.connect()
  try {
    return [
      { file: 'db/structure.sql', text: await structureOf(owner) },
      { file: 'src/platform/db/schema.ts', text: await schemaTypesOf(owner) },
    ]
  } finally {
    await owner.end()
  }
}
