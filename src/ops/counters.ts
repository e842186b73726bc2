import { type CounterDrift, counterDrift, repairCounters } from '../platform/upkeep/index.ts'
import { asOwner } from './as-owner.ts'
import type { OpsCommand, OpsContext } from './index.ts'

const SHOWN = 20

export const countersCommand: OpsCommand = {
  summary: 'bring counters that drifted back to the truth (dry run: which differ)',
  run: (context) =>
    asOwner(context, async (database) => {
      if (!context.yes) return tell(await counterDrift(database.anonymous), context)
      const repaired = await database.transaction(null, repairCounters)
      context.print(
        repaired === 0
          ? 'nothing to do: every counter is what it counts'
          : `repaired ${repaired}; the worker folds the differences in within a second`,
      )
    }),
}

function tell(drift: readonly CounterDrift[], { print }: OpsContext): void {
  for (const { table_name, counter, row_id, counted, truth } of drift.slice(0, SHOWN)) {
    print(`  ${table_name}.${counter} of ${row_id} is ${counted}, should be ${truth}`)
  }
  if (drift.length > SHOWN) print(`  … and ${drift.length - SHOWN} more`)
  print(
    drift.length === 0
      ? 'nothing to do: every counter is what it counts'
      : `${drift.length} differ; nothing was changed, add --yes to repair`,
  )
}
