import { Worker } from 'node:worker_threads'
import type { World } from './world.ts'
import type { News, Order } from './writer-thread.ts'

type Listener = {
  /** Rows that went to the server since the last call. */
  wrote(rows: number): void
  filled(table: string): void
}

/** Fills the tables in threads, each with a connection of its own, in the order given. Rejects at the first failure. */
export async function writeTables(
  target: { readonly ownerUrl: string; readonly world: World; readonly threads: number },
  tables: readonly string[],
  listener: Listener,
): Promise<void> {
  const waiting = [...tables]
  await Promise.all(Array.from({ length: target.threads }, () => runThread(target, waiting, listener)))
}

function runThread(workerData: { ownerUrl: string; world: World }, waiting: string[], listener: Listener) {
  return new Promise<void>((resolve, reject) => {
    const thread = new Worker(new URL('./writer-thread.ts', import.meta.url), { workerData })
    const next = () => thread.postMessage((waiting.shift() ?? null) satisfies Order)
    thread.on('message', (news: News) => {
      if (news.kind === 'wrote') return listener.wrote(news.rows)
      if (news.kind === 'failed') {
        waiting.length = 0
        reject(new Error(`${news.table}: ${news.reason}`))
      } else listener.filled(news.table)
      next()
    })
    thread.once('error', reject)
    thread.once('exit', () => resolve())
    next()
  })
}
