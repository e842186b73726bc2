import { Worker } from 'node:worker_threads'
import type { World } from './world.ts'
import type { News, Order } from './writer-thread.ts'

type Listener = {
  /** Rows that went to the server since the last call. */
  wrote(rows: number): void
  filled(table: string): void
}

/** Fills the tables in threads, each with a connection of its own, in the order given. Rejects when one failed and all have ended. */
export async function writeTables(
  target: { readonly ownerUrl: string; readonly world: World; readonly threads: number },
  tables: readonly string[],
  listener: Listener,
): Promise<void> {
  const waiting = [...tables]
  const threads = Array.from({ length: target.threads }, () => runThread(target, waiting, listener))
  const outcomes = await Promise.allSettled(threads)
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed) throw failed.reason
}

function runThread(workerData: { ownerUrl: string; world: World }, waiting: string[], listener: Listener) {
  return new Promise<void>((resolve, reject) => {
    const thread = new Worker(new URL('./writer-thread.ts', import.meta.url), { workerData })
    const next = () => thread.postMessage((waiting.shift() ?? null) satisfies Order)
    let failure: Error | undefined
    thread.on('message', (news: News) => {
      if (news.kind === 'wrote') return listener.wrote(news.rows)
      if (news.kind === 'failed') {
        waiting.length = 0
        failure = new Error(`${news.table}: ${news.reason}`)
      } else listener.filled(news.table)
      next()
    })
    thread.once('error', (error) => {
      waiting.length = 0
      reject(error)
    })
    thread.once('exit', () => (failure ? reject(failure) : resolve()))
    next()
  })
}
