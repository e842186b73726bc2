import { existsSync } from 'node:fs'
import { type Finding, type Needles, type Scanned, scan } from '../../domains/privacy/index.ts'
import { cacheEntries } from '../../platform/cache/index.ts'
import { OperatorError } from '../../platform/errors.ts'
import { createStorage } from '../../platform/storage/index.ts'
import { asOwner } from '../as-owner.ts'
import type { OpsContext } from '../index.ts'
import { readNeedles, takeNeedles } from './needles.ts'
import { optionsOf } from './words.ts'

const USAGE =
  'npm run ops -- privacy scan --needles needles.json (or --person amina) [--logs /var/log/brandcoach]'

export const scanAction = {
  summary: 'look for what tells of somebody everywhere; fails when anything is found',
  async run(context: OpsContext): Promise<void> {
    const { config, print } = context
    const { person, needles, logs } = optionsOf(context.args, ['person', 'needles', 'logs'], USAGE)
    if (person.length > 0 === needles.length > 0) throw new OperatorError(`expected ${USAGE}`)
    await asOwner(context, async (database) => {
      const sought = needles[0] ? readNeedles(needles[0]) : await takeNeedles(context, database, person[0]!)
      // Nothing is signed here.
      const storage = await createStorage({ ...config, secretKey: config.secretKey ?? '' })
      const cache = config.redisUrl === null ? null : cacheEntries(config.redisUrl)
      const scanned = await scan({ database, storage, logs: logs.map(existing), cache }, sought)
      if (cache === null) print('the cache is in the server’s memory and goes with it: REDIS_URL is not set')
      tell(scanned, sought, context)
    })
  },
}

function tell(
  { findings, columns, objects, files, entries }: Scanned,
  { needles }: Needles,
  { print }: OpsContext,
) {
  for (const { place, what, count } of findings) print(`  ${place}  ${what}  ${count}`)
  print(
    `looked for ${needles.length} needles in ${columns} columns, ${objects} storage objects, ${files} log files, ${entries} cache entries`,
  )
  const kinds = new Set(findings.map(({ what }: Finding) => what))
  const sought = new Set(needles.map(({ what }) => what))
  print(`found: ${[...sought].filter((what) => kinds.has(what)).join(', ') || 'nothing'}`)
  print(`not found: ${[...sought].filter((what) => !kinds.has(what)).join(', ') || 'none'}`)
  if (findings.length > 0) throw new OperatorError(`something was found in ${findings.length} places`)
}

function existing(path: string): string {
  if (!existsSync(path)) throw new OperatorError(`${path} is not there`)
  return path
}
