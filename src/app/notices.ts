import { analyticsNotices } from '../domains/analytics/jobs.ts'
import { communityNotices } from '../domains/community/jobs.ts'
import { learningNotices } from '../domains/learning/jobs.ts'
import { createRegistry } from '../domains/notifications/index.ts'
import { privacyNotices } from '../domains/privacy/jobs.ts'

/** What people are told of which fact, one line a domain. */
export const NOTICES = createRegistry([
  ...learningNotices,
  ...communityNotices,
  ...privacyNotices,
  ...analyticsNotices,
])
