/** Why a table is kept, and by what right (GDPR article 6, Kenya Data Protection Act section 30). */
export type Purpose = {
  readonly title: string
  readonly why: string
  readonly basis: string
  /** Whose data it is. */
  readonly people: string
  /** Who else gets it, beside whom the person shows it to. */
  readonly recipients: string
  readonly tables: readonly string[]
}

const NOBODY = 'nobody'

export const PURPOSES: readonly Purpose[] = [
  {
    title: 'Accounts and sign-in',
    why: 'to know who somebody is, to let them in and nobody else',
    basis: 'contract; for devices, refused attempts and suspensions legitimate interest in a safe platform',
    people: 'members',
    recipients: 'the OpenID provider that a member signs in with; the carrier of mail and SMS',
    tables: [
      'auth_tokens',
      'known_devices',
      'passkeys',
      'phone_verifications',
      'recovery_codes',
      'released_usernames',
      'sessions',
      'user_identities',
      'user_roles',
      'user_suspensions',
      'users',
      'idempotency_keys',
    ],
  },
  {
    title: 'Profiles and acquaintances',
    why: 'to show a member to others as far as they choose, and to keep others away whom they do not want',
    basis: 'contract',
    people: 'members',
    recipients: NOBODY,
    tables: [
      'media_assets',
      'skill_endorsements',
      'user_blocks',
      'user_connections',
      'user_mutes',
      'user_profiles',
      'user_settings',
      'user_skills',
    ],
  },
  {
    title: 'Consents and requests',
    why: 'to prove what a member agreed to, what they asked for about their data, and that it was done',
    basis: 'legal obligation',
    people: 'members, also former ones',
    recipients: 'the supervisory authority where it asks',
    tables: [
      'breach_people',
      'data_exports',
      'erasures',
      'inactivity_notices',
      'privacy_request_events',
      'privacy_requests',
      'user_consents',
    ],
  },
  {
    title: 'Messages and notifications',
    why: 'to tell members what concerns them, and to carry what they write to each other',
    basis: 'contract; marketing by consent alone',
    people: 'members',
    recipients:
      'the carrier of mail and SMS; the push service of a member’s browser, sealed for that browser',
    tables: [
      'facts',
      'mail_bounces',
      'mail_suppressions',
      'messages',
      'notification_counters',
      'notification_deliveries',
      'notification_mutes',
      'notifications',
      'outgoing_messages',
      'push_offers',
      'push_subscriptions',
    ],
  },
  {
    title: 'Learning',
    why: 'to teach, to keep how far somebody is, and to certify what they achieved',
    basis: 'contract; a certificate can be verified for ever in the interest of its holder',
    people: 'learners, instructors',
    recipients: 'the partner whose cohort a learner joined',
    tables: [
      'assessment_submissions',
      'certificates',
      'enrollments',
      'lesson_progress',
      'lesson_time',
      'program_instructors',
      'program_reviews',
      'programs',
    ],
  },
  {
    title: 'Coaching',
    why: 'to let people find, book and judge coaches',
    basis: 'contract',
    people: 'coaches, mentees, applicants',
    recipients: 'the meeting platform that both use',
    tables: [
      'coach_application_notes',
      'coach_applications',
      'coach_availability',
      'coach_blocked_times',
      'coaching_sessions',
      'session_feedback',
    ],
  },
  {
    title: 'Community',
    why: 'to publish what members write, and to moderate it',
    basis: 'contract; moderation legitimate interest',
    people: 'members who write',
    recipients: 'everybody: it is public',
    tables: [
      'comments',
      'content_approvals',
      'faq_votes',
      'posts',
      'project_collaboration_requests',
      'project_collaborators',
      'projects',
      'reactions',
    ],
  },
  {
    title: 'Events',
    why: 'to hold events and to know who comes',
    basis: 'contract',
    people: 'guests, organisers',
    recipients: 'the organiser of the event',
    tables: ['event_organizers', 'event_registrations', 'events'],
  },
  {
    title: 'Money',
    why: 'to sell, to deliver and to account for it',
    basis: 'contract; legal obligation to keep accounts for seven years',
    people: 'customers',
    recipients: 'the payment gateway, the carrier of parcels, the tax authority',
    tables: ['coupon_redemptions', 'order_items', 'orders', 'subscriptions', 'transactions'],
  },
  {
    title: 'Partners',
    why: 'to let organisations bring and follow their people',
    basis: 'contract with the organisation',
    people: 'contacts, members and invited people of partners',
    recipients: 'the partner',
    tables: ['cohort_members', 'partner_invitations', 'partner_members', 'partners'],
  },
  {
    title: 'Security and figures',
    why: 'to find out what happened when something went wrong, and to know in numbers how the platform does',
    basis: 'legal obligation and legitimate interest; figures name nobody',
    people: 'members, staff',
    recipients: NOBODY,
    tables: ['analytics.person_keys', 'audit_keys', 'audit_logs'],
  },
]
