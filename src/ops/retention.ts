import { retain } from '../domains/privacy/index.ts'
import { createFieldCipher } from '../platform/crypto/fields.ts'
import { keyRingOf } from '../platform/crypto/key-ring.ts'
import { secretKeyOf } from '../platform/crypto/secret-key.ts'
import { OperatorError } from '../platform/errors.ts'
import { asOwner } from './as-owner.ts'
import type { OpsCommand } from './index.ts'

export const retentionCommand: OpsCommand = {
  summary: 'run: remove what has had its time, rule by rule (dry run: how much that is)',
  words: ['run', '--dry-run'],
  run: (context) =>
    asOwner(context, async (database) => {
      const { config, args, yes, print } = context
      if (args[0] !== 'run')
        throw new OperatorError('expected npm run ops -- retention run [--dry-run] [--yes]')
      const secretKey = secretKeyOf(config)
      const ready = { ...config, secretKey } as Parameters<typeof retain>[1]['services']['config']
      const fields = createFieldCipher(keyRingOf({ ...config, secretKey }))
      const dryRun = !yes || args.includes('--dry-run')
      const signal = new AbortController().signal
      const runs = await retain(database, { services: { config: ready, fields }, signal, dryRun })
      for (const { rule, found, done } of runs) {
        const amount = rule.sweep ? `${found ?? 'not counted'}${dryRun ? '' : `, done ${done}`}` : 'kept'
        print(
          `  ${rule.name.padEnd(24)} ${amount.padEnd(18)} ${rule.keeps}${rule.doneBy ? ` (${rule.doneBy})` : ''}`,
        )
      }
      if (dryRun) print('nothing was changed; add --yes to carry it out')
    }),
}
