import { analyticsNotices } from '../domains/analytics/jobs.ts'
import { communityNotices } from '../domains/community/jobs.ts'
import { eventsNotices } from '../domains/events/jobs.ts'
import { identityNotices } from '../domains/identity/jobs.ts'
import { learningNotices } from '../domains/learning/jobs.ts'
import { createRegistry } from '../domains/notifications/index.ts'
import { notificationsNotices } from '../domains/notifications/jobs.ts'
import { partnersNotices } from '../domains/partners/jobs.ts'
import { privacyNotices } from '../domains/privacy/jobs.ts'

/** What people are told of which fact, one line a domain. */
export const NOTICES = createRegistry([
  ...identityNotices,
  ...learningNotices,
  ...eventsNotices,
  ...communityNotices,
  ...partnersNotices,
  ...privacyNotices,
  ...analyticsNotices,
  ...notificationsNotices,
])
