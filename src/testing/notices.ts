import { NOTICES } from '../app/notices.ts'
import { notificationCycles } from '../domains/notifications/jobs.ts'
import type { TestApp } from './app.ts'
import type { TestDatabase } from './database.ts'

/** Tells people what is due until nothing is, as the worker would. */
export async function tellPeople(
  { services }: Pick<TestApp, 'services'>,
  { workerDb: db }: Pick<TestDatabase, 'workerDb'>,
): Promise<void> {
  const { signal } = new AbortController()
  for (const { run } of notificationCycles({ registry: NOTICES, brand: 'Test' })) {
    while (await run({ db, services, log: services.log, signal }));
  }
}
