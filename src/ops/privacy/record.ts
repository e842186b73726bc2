import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { recordOfProcessing } from '../../domains/privacy/index.ts'
import type { OpsContext } from '../index.ts'
import { optionsOf } from './words.ts'

/** Where the record stands, held fresh by a test. */
export const RECORD = path.join(import.meta.dirname, '../../../docs/privacy.md')

export const recordAction = {
  summary:
    'write docs/privacy.md, the record of processing, from the classification (dry run: whether it is fresh)',
  async run({ args, yes, print }: OpsContext): Promise<void> {
    optionsOf(args, [], 'npm run ops -- privacy record [--yes]')
    const record = recordOfProcessing()
    const isFresh = record === (await readFile(RECORD, 'utf8').catch(() => ''))
    if (isFresh) return print('up to date')
    if (!yes) return print('docs/privacy.md is not what the classification says; add --yes to write it')
    await writeFile(RECORD, record)
    print('wrote docs/privacy.md')
  },
}
