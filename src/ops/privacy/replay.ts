import { eraseAgain, peopleWhoAreBack } from '../../domains/privacy/index.ts'
import { createStorage } from '../../platform/storage/index.ts'
import { asOwner } from '../as-owner.ts'
import type { OpsContext } from '../index.ts'
import { untilDone } from './purge.ts'
import { optionsOf } from './words.ts'

const USAGE = 'npm run ops -- privacy replay [--yes]'

export const replayAction = {
  summary: 'after a restore: erase again whom the backup brought back (dry run: who)',
  async run(context: OpsContext): Promise<void> {
    const { config, yes, print } = context
    optionsOf(context.args, [], USAGE)
    await asOwner(context, async (database) => {
      // Nothing is signed here.
      const storage = await createStorage({ ...config, secretKey: config.secretKey ?? '' })
      const asked: string[] = []
      let back = 0
      for await (const person of peopleWhoAreBack(database, storage)) {
        back++
        print(`  ${person.user_id}`)
        if (yes) asked.push(await eraseAgain(database, person))
      }
      if (back === 0) return print('nothing to do: nobody who was erased is back')
      if (!yes) return print(`${back} who were erased are back; nothing was changed, add --yes`)
      await untilDone(database, asked)
      print(`${back} erased again`)
    })
  },
}
