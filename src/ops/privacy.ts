import { OperatorError } from '../platform/errors.ts'
import type { OpsCommand, OpsContext } from './index.ts'

type Action = { readonly summary: string; run(context: OpsContext): Promise<void> }
type Load = () => Promise<Action>

/** One file each, loaded when it is asked for. */
const ACTIONS: Readonly<Record<string, Load>> = {
  columns: async () => (await import('./privacy/columns.ts')).columnsAction,
  needles: async () => (await import('./privacy/needles.ts')).needlesAction,
  purge: async () => (await import('./privacy/purge.ts')).purgeAction,
  record: async () => (await import('./privacy/record.ts')).recordAction,
  replay: async () => (await import('./privacy/replay.ts')).replayAction,
  scan: async () => (await import('./privacy/scan.ts')).scanAction,
}

export const privacyCommand: OpsCommand = {
  summary: 'columns, needles, scan, purge, replay, record: what becomes of people’s data, and its proof',
  words: 'own',
  async run(context) {
    const [name = '', ...args] = context.args
    if (!Object.hasOwn(ACTIONS, name)) {
      const known = Object.keys(ACTIONS).join(', ')
      throw new OperatorError(`unexpected ${JSON.stringify(name)}: expected privacy and one of ${known}`)
    }
    const action = await ACTIONS[name]!()
    await action.run({ ...context, args })
  },
}
