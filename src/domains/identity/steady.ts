import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Answers no sooner than `milliseconds` after it was asked, whatever came of it: that there is an account, and a mail
 * was queued for it, does not show by how long it took.
 */
export async function noSoonerThan<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const [outcome] = await Promise.allSettled([work, sleep(milliseconds)])
  if (outcome.status === 'rejected') throw outcome.reason
  return outcome.value
}
