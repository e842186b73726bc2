import type { Task } from '../../platform/jobs/index.ts'
import { forgetDirectoryTask } from './directory.ts'

export const coachingTasks: readonly Task[] = [forgetDirectoryTask]
