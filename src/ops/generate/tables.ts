import * as coaching from './rows/coaching.ts'
import * as community from './rows/community.ts'
import * as courses from './rows/courses.ts'
import * as gatherings from './rows/gatherings.ts'
import * as learning from './rows/learning.ts'
import * as notices from './rows/notices.ts'
import * as organisations from './rows/organisations.ts'
import * as payments from './rows/payments.ts'
import * as people from './rows/people.ts'
import type { Table } from './table.ts'

/**
 * What is filled, in the order in which it is begun: first what is long to index (the text search of posts), then what
 * is long to write, so that neither is left alone at the end.
 */
export const TABLES: readonly Table[] = [
  community.posts,
  learning.lessonProgress,
  community.reactions,
  community.comments,
  learning.lessonTimes,
  learning.enrollments,
  people.userProfiles,
  people.users,
  notices.notifications,
  notices.auditLogs,
  people.userConnections,
  payments.transactions,
  gatherings.registrations,
  people.userSkills,
  people.skillEndorsements,
  people.userConsents,
  people.userRoles,
  people.userSettings,
  coaching.coachingSessions,
  coaching.sessionFeedback,
  learning.submissions,
  learning.certificates,
  learning.programReviews,
  payments.subscriptions,
  payments.exchangeRates,
  courses.programs,
  courses.modules,
  courses.lessons,
  courses.assessments,
  courses.faqs,
  people.tags,
  gatherings.events,
  gatherings.tickets,
  coaching.coachAvailability,
  coaching.blockedTimes,
  community.projects,
  community.collaborators,
  community.collaborationRequests,
  organisations.partners,
  organisations.partnerMembers,
  organisations.partnerPrograms,
  organisations.cohorts,
  organisations.cohortMembers,
]
