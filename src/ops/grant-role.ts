import { grantAsOperator, OPERATOR_ROLES, operatorsView } from '../domains/identity/index.ts'
import { OperatorError } from '../platform/errors.ts'
import { asOwner } from './as-owner.ts'
import type { OpsCommand } from './index.ts'

const USAGE = 'npm run ops -- grant-role --email amina@example.com --role super_admin --reason "…" [--yes]'

export const grantRoleCommand: OpsCommand = {
  summary:
    'grant a role to --email for good, with a --reason: how a new installation gets its first super admin',
  words: 'own',
  run: (context) => {
    const { email, role, reason } = readWords(context.args)
    return asOwner(context, async (database) => {
      const view = await operatorsView(database.anonymous, email, role)
      if (!view) throw new OperatorError(`nobody has the address ${JSON.stringify(email)}: register it first`)
      const { person, holds } = view
      if (holds) return context.print(`nothing to do: ${email} has the role ${role}, or will have it`)
      if (!context.yes) {
        return context.print(`would make ${email} (${person.status}) ${role}; nothing was changed, add --yes`)
      }
      await database.transaction(null, (tx) => grantAsOperator(tx, { userId: person.user_id, role, reason }))
      context.print(`${email} is ${role} from now on; sessions that are open know it within a minute`)
    })
  },
}

function readWords(words: readonly string[]): { email: string; role: string; reason: string } {
  const given = new Map<string, string>()
  for (let at = 0; at < words.length; at += 2) {
    const [name, value] = [words[at]!, words[at + 1]?.trim()]
    if (!['--email', '--role', '--reason'].includes(name) || !value) {
      throw new OperatorError(`unexpected ${JSON.stringify(name)}: expected ${USAGE}`)
    }
    given.set(name, value)
  }
  const [email, role, reason] = ['--email', '--role', '--reason'].map((name) => given.get(name))
  if (!email || !role || !reason) throw new OperatorError(`something is missing: expected ${USAGE}`)
  if (!OPERATOR_ROLES.includes(role)) {
    throw new OperatorError(`--role is ${JSON.stringify(role)}: expected ${OPERATOR_ROLES.join(', ')}`)
  }
  return { email, role, reason }
}
