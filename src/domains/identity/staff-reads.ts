import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import type { Database, Db } from '../../platform/db/index.ts'

/** The same for JSON text that is about to be sent: whoever `person` finds in what it says. Answers the text. */
export async function recordReadText<T>(
  db: Database,
  actor: Actor,
  {
    text,
    person,
    columns,
  }: { text: string; person: (said: T) => readonly (string | undefined)[]; columns: readonly string[] },
): Promise<string> {
  // The text is what our own statement made, in the form that its route declares.
  const ids = person(JSON.parse(text) as T).flatMap((id) => id ?? [])
  if (ids.length > 0) await db.transaction(actor, (tx) => recordRead(tx, actor, ids, columns))
  return text
}

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
