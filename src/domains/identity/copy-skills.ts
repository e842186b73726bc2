import type { Task } from '../../platform/jobs/index.ts'
import { tellDirectory } from './directory.ts'
import { forgetMe } from './me-cache.ts'
import { copySkillNames, holdersOf } from './queries/tags.ts'

export const COPY_SKILLS = 'identity.copy_skills.v1'
const BATCH = 500
const FIRST = '00000000-0000-0000-0000-000000000000'

/** After a tag got another name, or took another's place: the names in the profiles of all who have it, however many. */
export const copySkills: Task<{ tag_id: string }> = {
  name: COPY_SKILLS,
  async run({ tag_id }, { db, services, signal }) {
    for (let after = FIRST; !signal.aborted; ) {
      const holders = await db.transaction(null, async (tx) => {
        const some = await holdersOf(tx, tag_id, after, BATCH)
        await copySkillNames(tx, some)
        return some
      })
      await forgetMe(services, ...holders)
      if (holders.length < BATCH) break
      after = holders.at(-1)!
    }
    signal.throwIfAborted()
    await db.transaction(null, (tx) => tellDirectory(tx, { roles: ['coach'] }))
  },
}
