import type { Task } from '../../platform/jobs/index.ts'
import { planReminders } from './reminders.ts'

export { eventsNotices } from './notices.ts'

const remind: Task = {
  name: 'events.plan_reminders.v1',
  schedule: '*/10 * * * *',
  async run(_payload, { db, services }) {
    await planReminders(db, services.clock.now())
  },
}

export const eventsTasks: readonly Task[] = [remind]
