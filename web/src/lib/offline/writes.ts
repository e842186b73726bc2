import { announce } from './changes.ts'
import { writer } from './owner.ts'
import { store, type Write } from './store.ts'

export type NewWrite = Pick<Write, 'kind' | 'label' | 'href' | 'method' | 'path' | 'body'> & {
  /** Where a later write replaces an earlier one that still waits; else each is its own. */
  readonly key?: string
}

/** Of what has arrived, the last ones stay to be seen. */
const SENT_KEPT = 20

/**
 * Keeps a write until the platform has it. It must be one that is safe to repeat (a PUT, or what carries an id made here),
 * because an answer may be lost on the way. Rejects when nobody is signed in, or the browser has no room.
 */
export async function queueWrite(write: NewWrite): Promise<void> {
  const person = await writer()
  if (person === undefined) throw new Error('Not the page of who is signed in here: whose write would it be?')
  const id = crypto.randomUUID()
  const key = write.key ?? id
  const database = await store()
  const tx = database.transaction('writes', 'readwrite')
  const before = (await tx.store.getAll()).find((one) => one.key === key && one.state === 'waiting')
  await tx.store.put({
    ...write,
    id: before?.id ?? id,
    person,
    key,
    revision: (before?.revision ?? 0) + 1,
    state: 'waiting',
    queuedAt: before?.queuedAt ?? Date.now(),
    settledAt: null,
    attempts: before?.attempts ?? 0,
    notBefore: before?.notBefore ?? 0,
    needsSignIn: before?.needsSignIn ?? false,
    refusal: null,
  })
  await tx.done
  announce()
}

export type Pending = {
  readonly waiting: readonly Write[]
  readonly refused: readonly Write[]
  readonly sent: readonly Write[]
}

/** What waits, oldest first; what was refused and what has arrived, newest first. */
export async function pending(): Promise<Pending> {
  const all = (await (await store()).getAll('writes')).sort((a, b) => a.queuedAt - b.queuedAt)
  const newestFirst = (state: Write['state']) =>
    all.filter((write) => write.state === state).sort((a, b) => (b.settledAt ?? 0) - (a.settledAt ?? 0))
  return {
    waiting: all.filter((write) => write.state === 'waiting'),
    refused: newestFirst('refused'),
    sent: newestFirst('sent'),
  }
}

/** Forgets a write that was refused, or gives up one that waits. */
export async function discard(id: string): Promise<void> {
  await (await store()).delete('writes', id)
  announce()
}

/** Lets a refused write wait again: what stood in its way may be gone. */
export async function retry(id: string): Promise<void> {
  await change(id, (write) => ({
    ...write,
    state: 'waiting',
    settledAt: null,
    attempts: 0,
    notBefore: 0,
    refusal: null,
  }))
}

/** Changes a write that is still there, in one transaction: it may have been discarded or replaced meanwhile. */
export async function change(id: string, into: (write: Write) => Write): Promise<void> {
  const tx = (await store()).transaction('writes', 'readwrite')
  const write = await tx.store.get(id)
  if (write) await tx.store.put(into(write))
  await tx.done
  announce()
}

/** Of what has arrived, keeps the last ones. */
export async function forgetOldest(): Promise<void> {
  const { sent } = await pending()
  const database = await store()
  for (const write of sent.slice(SENT_KEPT)) await database.delete('writes', write.id)
}
