import { columnsOfPlan } from '../../domains/privacy/index.ts'
import { OperatorError } from '../../platform/errors.ts'
import type { OpsContext } from '../index.ts'

export const columnsAction = {
  summary: 'every column with its class, what exports and what erases it; fails on a gap',
  async run({ print }: OpsContext): Promise<void> {
    const columns = columnsOfPlan()
    const width = Math.max(...columns.map(({ name }) => name.length))
    const exporters = Math.max(...columns.map(({ exporter }) => exporter?.length ?? 0))
    for (const { name, kind, shown, exporter, eraser, gap } of columns) {
      const line = [
        name.padEnd(width),
        `${kind} ${shown}`.padEnd(16),
        (exporter ?? '-').padEnd(exporters),
        eraser,
      ]
      print([...line, ...(gap === null ? [] : [`GAP: ${gap}`])].join('  '))
    }
    const gaps = columns.filter(({ gap }) => gap !== null)
    const personal = columns.filter(({ kind }) => kind === 'personal').length
    print(`${columns.length} columns, ${personal} personal, ${gaps.length} gaps`)
    if (gaps.length > 0)
      throw new OperatorError(`${gaps.length} columns have a gap: ${gaps.map(({ name }) => name).join(', ')}`)
  },
}
