import { adoptableRows, adoptRows, countUnsignedLater, firstSigned } from '../platform/audit/adoption.ts'
import { asOwner } from './as-owner.ts'
import type { OpsContext } from './index.ts'
import { showProgress } from './progress.ts'

/**
 * Signs rows that the application did not write itself: those from before rows were signed, and generated ones. From then
 * on they are sealed as all others. What was done to them before shows nowhere; so it is said once, by an operator, and
 * the audit keeps that.
 */
export const adopt = (context: OpsContext): Promise<void> =>
  asOwner(context, async (database) => {
    const { yes, print } = context
    const before = await firstSigned(database.anonymous)
    const found = await adoptableRows(database.anonymous, before)
    const waiting = found.reduce((sum, { rows }) => sum + rows, 0)
    for (const { retention_class, month, rows } of found)
      print(`  ${retention_class.padEnd(9)} ${month.slice(0, 7)}: ${rows} rows`)
    const later = await countUnsignedLater(database.anonymous, before)
    if (later > 0) print(`${later} rows are not signed and from after the first signed row: they stay so`)
    if (waiting === 0) return print('nothing to do: no row is from before rows were signed')
    if (!yes)
      return print(
        `${waiting} rows are from before rows were signed; nothing was changed, add --yes to sign them`,
      )
    const progress = showProgress({ work: waiting, unit: 'rows' })
    progress.phase('signing')
    const signed = await adoptRows(database, { before, found }, (rows) => progress.advance(rows, rows))
    progress.end()
    print(`signed ${signed} rows`)
  })
