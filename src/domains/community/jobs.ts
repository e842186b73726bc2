import type { Task } from '../../platform/jobs/index.ts'
import { forgetFeedsTask } from './feed.ts'

export const communityTasks: readonly Task[] = [forgetFeedsTask]
export { communityNotices } from './notices.ts'
