import { mediaCounts, type Swept, sweepable, sweepMedia } from '../domains/content/index.ts'
import { createStorage } from '../platform/storage/index.ts'
import { asOwner } from './as-owner.ts'
import type { OpsCommand, OpsContext } from './index.ts'

export const mediaCommand: OpsCommand = {
  summary: 'remove uploads and pictures that nobody needs any more (dry run: how many)',
  run: (context) =>
    asOwner(context, async (database) => {
      const { config, yes, print } = context
      // Nothing is signed here.
      const storage = await createStorage({ ...config, secretKey: config.secretKey ?? '' })
      for (const { processing_status, count, oldest_seconds } of await mediaCounts(database.anonymous)) {
        const since = oldest_seconds === null ? '' : `, the first for ${oldest_seconds} s`
        print(`  ${processing_status}: ${count}${since}`)
      }
      const swept = yes
        ? await sweepMedia(database, storage, new AbortController().signal)
        : await sweepable(database, storage)
      tell(swept, context)
    }),
}

function tell({ abandoned, assets, originals }: Swept, { yes, print }: OpsContext): void {
  const what = `${assets} pictures and uploads (${abandoned} never completed), ${originals} originals`
  if (assets + originals === 0) print('nothing to do: everything is waited for or in use')
  else print(yes ? `removed ${what}` : `${what}; nothing was changed, add --yes to sweep`)
}
