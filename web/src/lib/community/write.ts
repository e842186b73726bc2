import { withAgain } from '#lib/account/asking.ts'
import type { Problem } from '#lib/api/types.ts'

type Answer<T> = { readonly data?: T; readonly error?: unknown; readonly response: Response }

type Waiting = {
  readonly label: string
  readonly href: string
  readonly path: string
  readonly body: unknown
  readonly key: string
}

/** One of the three: it is there, it waits for the network, or it was refused. */
export type Written<T> = { readonly data?: T; readonly queued?: true; readonly problem?: Problem }

const MOST_LABEL = 80
const UNREACHABLE: Problem = { status: 503, code: 'api.unreachable', detail: '', errors: [] }

/** Writes now; without a network it is kept and sent later, under the same key, so that it is there once. */
export async function writeOrQueue<T>(
  write: () => Promise<Answer<T>>,
  waiting: Waiting,
): Promise<Written<T>> {
  const answer = await withAgain(write).catch(() => null)
  if (answer === null) return (await queue(waiting)) ? { queued: true } : { problem: UNREACHABLE }
  if (answer.data !== undefined) return { data: answer.data }
  return { problem: isProblem(answer.error) ? answer.error : UNREACHABLE }
}

/** What keeps writes, had before it is needed: without a network it could not be fetched. */
const store = () => import('#lib/offline/index.ts')

export function getReady(): void {
  // Without it nothing can wait, and the form says that it did not work.
  store().catch(() => undefined)
}

async function queue({ label, ...where }: Waiting): Promise<boolean> {
  try {
    const { queueWrite, send } = await store()
    await queueWrite({ kind: 'draft', method: 'POST', label: label.slice(0, MOST_LABEL), ...where })
    void send()
    return true
  } catch {
    // No storage, or nobody is signed in here.
    return false
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'status' in body
}
