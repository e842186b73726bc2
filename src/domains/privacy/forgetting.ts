import type { Services } from '../../platform/services.ts'
import { forgetPrograms } from '../learning/index.ts'
import { programsNaming } from './queries/taught.ts'

/**
 * Around a commit after which somebody shows no more, or again: program pages are cached for an hour and name who teaches.
 * Looked up before, since an erasure takes the names out. Feeds and the directory are told in the transaction itself.
 */
export async function withPagesForgotten<T>(
  services: Services,
  userId: string,
  change: () => Promise<T>,
): Promise<T> {
  const programs = await programsNaming(services.db.anonymous, userId)
  const changed = await change()
  await forgetPrograms(services, ...programs)
  return changed
}
