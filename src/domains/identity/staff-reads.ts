import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import type { Db } from '../../platform/db/index.ts'

/** Whose personal data staff saw, and which columns; never a value. What is one's own leaves no trace. */
export async function recordRead(
  tx: Db,
  actor: Actor,
  userIds: readonly string[],
  columns: readonly string[],
): Promise<void> {
  const others = userIds.filter((userId) => userId !== actor.userId)
  const [only, ...more] = others
  if (only === undefined) return
  await audit(tx, {
    actor,
    action: 'identity.personal_data_read',
    entityType: 'user',
    entityId: more.length === 0 ? only : null,
    retentionClass: 'security',
    changes: columns,
    ...(more.length > 0 && { metadata: { user_ids: others } }),
  })
}
